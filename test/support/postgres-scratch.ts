import { rmSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbeddedPostgres } from '../../server/embedded/database-embedded.ts'
import type { Logger } from '../../server/kernel/logger.ts'
import { installedPostgres } from './postgres-programs.ts'

const PREFIX = 'taskwire-test-'

/**
 * A PostgreSQL in a temporary folder that ends with this process. When the process is killed, PostgreSQL notices and
 * stops by itself, and the next run removes the folder.
 */
export async function startScratchPostgres(log: Logger): Promise<{ url: string; stop(): Promise<void> }> {
  await removeLeftovers()
  const dir = await mkdtemp(path.join(tmpdir(), `${PREFIX}${process.pid}-`))
  const folders = [dir]
  const remove = () => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  // A run that ends early cannot await anything any more; the next run removes what it leaves.
  process.once('exit', remove)
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  const postgres = await startEmbeddedPostgres({ dir, durable: false, log, installed: installedPostgres() })
  folders.push(postgres.base)
  return {
    url: postgres.ownerUrl,
    async stop() {
      await postgres.stop()
      process.off('exit', remove)
      remove()
    },
  }
}

async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : NaN
    if (pid > 0 && !isAlive(pid)) {
      // A folder of another user is not ours to remove.
      await rm(path.join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
