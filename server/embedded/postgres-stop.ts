import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../kernel/logger.ts'

/** Fast shutdown (transactions are cut off, all is written), immediate shutdown (as in a crash), the end. */
const ESCALATION = [
  ['SIGINT', 6000],
  ['SIGQUIT', 2000],
  ['SIGKILL', 1000],
] as const

/** Sends ever ruder signals until `gone` says so; `from` skips the politer ones. */
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
 * Stops a PostgreSQL that still runs on `data` because its server was killed, and removes what it left. The caller holds
 * the data folder, so that nobody needs it any more. It is stopped and not taken over: its settings are those of then.
 */
export async function stopOrphan(data: string, log: Logger): Promise<void> {
  const lockFile = path.join(data, 'postmaster.pid')
  const pid = Number((await readFile(lockFile, 'utf8').catch(() => '')).split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 0) return
  const gone = () => !runsOn(pid, data)
  if (!gone()) log.warn({ postgres: pid }, 'stopping the PostgreSQL of a server that was killed')
  await terminate(signal => sendIfAlive(pid, signal), gone)
  // PostgreSQL itself refuses to start when the number in a stale file has gone to another process since.
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

/** Not always `ps`, which slim containers lack. */
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
