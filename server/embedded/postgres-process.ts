import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../kernel/start-error.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import type { PostgresHome, PostgresUser } from './postgres-home.ts'
import { terminate } from './postgres-stop.ts'

export interface PostgresProcess {
  /** Fast shutdown; resolves when the process is gone. Any number of calls. */
  stop(): Promise<void>
  /** Called once, with the end of PostgreSQL's log, when it dies without having been stopped. */
  onExit(listener: (why: string) => void): void
}

export interface PostgresLaunch {
  home: PostgresHome
  binaries: PostgresBinaries
  port: number
  /** False trades what survives a power cut for speed: for tests. */
  durable: boolean
  /** What PostgreSQL itself takes for good, instead of our settings. */
  ownDefaults: boolean
  /** Resolves once the server answers, rejects while it does not yet. */
  probe: () => Promise<void>
}

/** Reached by TCP only: a socket's path may be too long for the kernel in a deep folder. */
const REACHED = ['listen_addresses=127.0.0.1', 'unix_socket_directories=']

/** Modest enough for a laptop. */
const SETTINGS = [
  'max_connections=100',
  'shared_buffers=128MB',
  'jit=off',
  // Parallel queries want /dev/shm, of which a container has 64 MB.
  'max_parallel_workers_per_gather=0',
  'timezone=UTC',
  'log_timezone=UTC',
  // Constraint violations are everyday answers of the API, with people's data in their text.
  'log_min_messages=log',
  'log_checkpoints=off',
]

const VOLATILE = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  // It keeps template databases busy, and a copy of a busy one is refused.
  'autovacuum=off',
]

/** Starts PostgreSQL on an existing cluster and waits, through crash recovery if need be, until it answers. */
export async function launchPostgres(launch: PostgresLaunch): Promise<PostgresProcess> {
  const { home, binaries, port, durable, ownDefaults, probe } = launch
  const logFile = path.join(home.base, 'postgres.log')
  const wanted = [...REACHED, ...(ownDefaults ? [] : SETTINGS), ...(durable ? [] : VOLATILE)]
  const settings = wanted.flatMap(setting => ['-c', setting])
  const log = openSync(logFile, 'w', 0o600)
  // Detached: in a session of its own, or a Ctrl-C in the terminal would stop it before we have drained.
  const child = spawn(binaries.postgres, ['-D', home.data, '-p', String(port), ...settings], {
    ...home.user,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)

  let ended = false
  let stopping: Promise<void> | undefined
  const listeners: ((why: string) => void)[] = []
  const exit = new Promise<void>(resolve => {
    child.on('error', resolve)
    child.on('exit', resolve)
  }).then(async () => {
    ended = true
    guard?.kill('SIGKILL')
    if (stopping || listeners.length === 0) return
    const why = await readTail(logFile)
    for (const listener of listeners) listener(why)
  })
  const guard = child.pid === undefined ? null : guardAgainstOrphaning(child.pid, home.user, durable)

  const stop = async () => {
    await terminate(
      signal => child.kill(signal),
      () => ended,
      durable ? 'SIGINT' : 'SIGQUIT',
    )
    await exit
  }
  while (!(await succeeds(probe))) {
    if (ended) throw new StartError(`The embedded PostgreSQL did not start:\n${await readTail(logFile)}`)
    await sleep(20)
  }
  return { stop: () => (stopping ??= stop()), onExit: listener => void listeners.push(listener) }
}

async function succeeds(probe: () => Promise<void>): Promise<boolean> {
  return probe().then(
    () => true,
    () => false,
  )
}

/**
 * A shell that waits for the end of its input, which comes when this process is gone, however it went, and then shuts
 * PostgreSQL down. The next start would do that as well, but there may be none: of a killed test run, for instance.
 */
function guardAgainstOrphaning(pid: number, user: PostgresUser, durable: boolean): ChildProcess {
  const script = `read _; kill -${durable ? 'INT' : 'QUIT'} "$0"`
  const guard = spawn('/bin/sh', ['-c', script, String(pid)], {
    ...user,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.on('error', () => undefined)
  guard.unref()
  return guard
}

async function readTail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.trim().split('\n').slice(-8).join('\n') || '(it wrote nothing to its log)'
}
