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
  /** Fast shutdown; resolves when the process has ended. May be called any number of times. */
  stop(): Promise<void>
  /** Calls the listener once, with the end of PostgreSQL's log, when PostgreSQL dies without having been stopped. */
  onExit(listener: (why: string) => void): void
}

export interface PostgresLaunch {
  home: PostgresHome
  binaries: PostgresBinaries
  port: number
  /** False gives up surviving a power cut for speed; for tests. */
  durable: boolean
  /** Uses PostgreSQL's own defaults in place of our settings. */
  ownDefaults: boolean
  /** Resolves once the server answers; rejects while it does not. */
  probe: () => Promise<void>
}

/** Reachable by TCP only: in a deep folder the path of a socket may be too long for the kernel. */
const REACHED = ['listen_addresses=127.0.0.1', 'unix_socket_directories=']

/** Small enough for a laptop. */
const SETTINGS = [
  'max_connections=100',
  'shared_buffers=128MB',
  'jit=off',
  // Parallel queries need /dev/shm, and a container has only 64 MB of it.
  'max_parallel_workers_per_gather=0',
  'timezone=UTC',
  'log_timezone=UTC',
  // The API causes constraint violations all the time, and their messages contain people's data.
  'log_min_messages=log',
  'log_checkpoints=off',
]

const VOLATILE = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  // Autovacuum opens template databases, and a database in use cannot be copied.
  'autovacuum=off',
]

/** Starts PostgreSQL on an existing cluster and waits until it answers, including crash recovery. */
export async function launchPostgres(launch: PostgresLaunch): Promise<PostgresProcess> {
  const { home, binaries, port, durable, ownDefaults, probe } = launch
  const logFile = path.join(home.base, 'postgres.log')
  const wanted = [...REACHED, ...(ownDefaults ? [] : SETTINGS), ...(durable ? [] : VOLATILE)]
  const settings = wanted.flatMap(setting => ['-c', setting])
  const log = openSync(logFile, 'w', 0o600)
  // Detached, in a session of its own. Otherwise Ctrl-C in the terminal would stop it before the server has drained.
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
 * Starts a shell that waits for the end of its input, which comes when this process has ended for any reason, and then
 * shuts PostgreSQL down. The next start would do that too, but there may be none, for example after a killed test run.
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
