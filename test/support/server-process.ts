import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually } from './eventually.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface ServerProcess {
  pid: number
  /** Its output so far, standard output and error together. */
  output(): string
  /** Waits for the banner and returns the address in it. */
  ready(): Promise<string>
  signal(name: NodeJS.Signals): void
  /** The exit code; null if a signal ended it. */
  ended: Promise<number | null>
}

/** The real `server/main.ts` as a process of its own, on a free port unless `env` names one. */
export function startServerProcess(dataDir: string, env: Record<string, string> = {}): ServerProcess {
  const {
    DATABASE_URL: _,
    DATABASE_MIGRATION_URL: __,
    DATABASE_REPLICA_URL: ____,
    JWT_SECRET: ___,
    ...inherited
  } = process.env
  const child: ChildProcess = spawn(process.execPath, ['server/main.ts'], {
    cwd: root,
    env: { ...inherited, NODE_ENV: 'test', PORT: '0', DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  }
  const ended = new Promise<number | null>(resolve => child.on('close', code => resolve(code)))
  let isOver = false
  void ended.then(() => (isOver = true))
  const readAddress = () => {
    const address = /API +(http:\S+)\/api\/v1/.exec(output)?.[1]
    assert.ok(address, `no banner in:\n${output}`)
    return address
  }
  return {
    pid: child.pid!,
    output: () => output,
    ready: async () => {
      await eventually(() => isOver || readAddress(), { within: 45_000 })
      return readAddress()
    },
    signal: name => void child.kill(name),
    ended,
  }
}

/** The pid of the PostgreSQL that serves a data folder. */
export async function postgresPid(dataDir: string): Promise<number> {
  const text = await readFile(path.join(dataDir, 'pg', 'data', 'postmaster.pid'), 'utf8')
  return Number(text.split('\n')[0])
}

/** A process that has ended but whose parent has not waited for it, as happens in containers, does not run. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const stat = `/proc/${pid}/stat`
  return !existsSync(stat) || !readFileSync(stat, 'utf8').includes(') Z ')
}

/** A data folder, and every server that a test starts on it: `stopAll` ends them, whatever the result of the test. */
export async function createPlayground() {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'taskwire-boot-'))
  const servers: ServerProcess[] = []

  async function stopAll(): Promise<void> {
    const postgres = await postgresPid(dataDir).catch(() => null)
    for (const server of servers) server.signal('SIGKILL')
    await Promise.all(servers.splice(0).map(server => server.ended))
    await eventually(() => {
      if (postgres === null || !isRunning(postgres)) return
      // It is ending already, but with a checkpoint of a fresh cluster, which takes a second on a slow disk.
      process.kill(postgres, 'SIGQUIT')
      throw new Error('PostgreSQL is still there')
    })
  }
  return {
    dataDir,
    stopAll,
    start(env?: Record<string, string>): ServerProcess {
      const server = startServerProcess(dataDir, env)
      servers.push(server)
      return server
    },
    async remove(): Promise<void> {
      await stopAll()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export type Playground = Awaited<ReturnType<typeof createPlayground>>
