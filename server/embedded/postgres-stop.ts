import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../kernel/logger.ts'

/** Fast shutdown (aborts transactions and writes everything), immediate shutdown (as in a crash), kill. */
const ESCALATION = [
  ['SIGINT', 6000],
  ['SIGQUIT', 2000],
  ['SIGKILL', 1000],
] as const

/** Sends increasingly severe signals until `gone` returns true; `from` skips the milder ones. */
export async function terminate(
  send: (signal: NodeJS.Signals) => void,
  gone: () => boolean,
  from: 'SIGINT' | 'SIGQUIT' = 'SIGINT',
): Promise<void> {
  for (const [signal, patience] of ESCALATION.slice(from === 'SIGQUIT' ? 1 : 0)) {
    if (gone()) return
    send(signal)
    for (const end = Date.now() + patience; Date.now() < end && !gone();) await sleep(10)
  }
}

/**
 * Stops a PostgreSQL that still runs on `data` because its server was killed, and removes its lock file. The caller
 * holds the data folder, so nobody else needs it. It is stopped and not reused, because it runs with the settings of
 * its own start.
 */
export async function stopOrphan(data: string, log: Logger): Promise<void> {
  const lockFile = path.join(data, 'postmaster.pid')
  const pid = Number((await readFile(lockFile, 'utf8').catch(() => '')).split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 0) return
  const gone = () => !runsOn(pid, data)
  if (!gone()) log.warn({ postgres: pid }, 'stopping the PostgreSQL of a server that was killed')
  await terminate(signal => sendIfAlive(pid, signal), gone)
  // PostgreSQL refuses to start when the process number in a stale file belongs to another process by now.
  await rm(lockFile, { force: true })
}

function sendIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Whether this process is a PostgreSQL server on this folder; process numbers are used again. */
function runsOn(pid: number, data: string): boolean {
  return readCommand(pid).includes(`-D ${data} `)
}

/** Not always with `ps`, which minimal containers lack. */
function readCommand(pid: number): string {
  if (!existsSync('/proc/self/cmdline')) {
    return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}
