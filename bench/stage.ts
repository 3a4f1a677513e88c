import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startEmbeddedPostgres } from '../server/embedded/database-embedded.ts'
import { createLogger } from '../server/kernel/logger.ts'
import { onServerCore, pinToLoadCore } from './pinning.ts'
import { installedPostgres } from '../test/support/postgres-programs.ts'
import { highLimits } from '../test/support/high-limits.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const log = createLogger({ level: 'warn', pretty: false })

export interface Running {
  url: string
  pid: number
  stop(): Promise<void>
}

export interface Stage {
  dir: string
  postgresPid: number
  databaseUrl(name: string): string
  query<R extends object>(database: string, text: string, values?: unknown[]): Promise<R[]>
  /** Closes the stage's own connection, so that the database can be a template. */
  letGo(database: string): Promise<void>
  /** Runs one of our programs as a separate process; ready when it has printed its address. */
  run(file: string, env: Record<string, string>, nodeArgs?: string[]): Promise<Running>
}

/**
 * Creates a temporary folder, with the layout of the server's own, and a real, durable PostgreSQL in it. Whatever
 * happens in `act`, nothing keeps running afterwards, and the folder is deleted with this process.
 *
 * @param apart servers have a core of their own, so that two can be compared. Without it everything may use all
 *   cores, as when people start it, which measures the capacity of the whole.
 */
export async function withStage(
  act: (stage: Stage) => Promise<void>,
  { apart = true }: { apart?: boolean } = {},
): Promise<{ dataDir: string }> {
  if (apart) pinToLoadCore()
  const dir = mkdtempSync(path.join(tmpdir(), 'taskwire-bench-'))
  const dataDir = path.join(dir, 'data')
  mkdirSync(dataDir, { mode: 0o711 })
  chmodSync(dir, 0o711)
  process.once('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const postgres = await startEmbeddedPostgres({
    dir: path.join(dataDir, 'pg'),
    durable: true,
    log,
    installed: installedPostgres(),
  })
  const pools = new Map<string, pg.Pool>()
  const running: Running[] = []

  const databaseUrl = (name: string) => Object.assign(new URL(postgres.ownerUrl), { pathname: `/${name}` }).href
  const poolOf = (database: string) => {
    const there = pools.get(database)
    if (there) return there
    const pool = new pg.Pool({ connectionString: databaseUrl(database), max: 1 })
    // `pool.end()` does not wait until the connections are closed, and PostgreSQL's termination message would end the
    // bench.
    pool.on('error', () => undefined)
    pool.on('connect', client => client.on('error', () => undefined))
    pools.set(database, pool)
    return pool
  }
  try {
    await act({
      dir,
      postgresPid: Number(readFileSync(path.join(postgres.base, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]),
      databaseUrl,
      query: async <R extends object>(database: string, text: string, values?: unknown[]) =>
        (await poolOf(database).query<R>(text, values)).rows,
      letGo: async database => {
        await pools.get(database)?.end()
        pools.delete(database)
      },
      run: async (file, env, nodeArgs = []) => {
        const server = await startProgram(file, { DATA_DIR: dataDir, ...env }, nodeArgs, apart)
        running.push(server)
        return server
      },
    })
  } finally {
    await Promise.all(running.map(server => server.stop()))
    await Promise.all([...pools.values()].map(pool => pool.end()))
    await postgres.stop()
  }
  return { dataDir }
}

/** The same without a separate core for the server. */
export const onWholeMachine = (act: (stage: Stage) => Promise<void>) => withStage(act, { apart: false })

async function startProgram(
  file: string,
  env: Record<string, string>,
  nodeArgs: string[],
  apart: boolean,
): Promise<Running> {
  const { DATABASE_URL: _, DATABASE_MIGRATION_URL: __, JWT_SECRET: ___, ...inherited } = process.env
  const profileDir = process.env.BENCH_PROFILE
  const profiling = profileDir ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profileDir)}`] : []
  const line = [...process.execArgv, ...profiling, ...nodeArgs, file]
  const [command, args] = apart ? onServerCore(process.execPath, line) : [process.execPath, line]
  const child = spawn(command, args, {
    cwd: root,
    env: { ...inherited, PORT: '0', LOG_LEVEL: 'warn', ...highLimits, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.setMaxListeners(process.getMaxListeners() + 1)
  process.once('exit', () => child.kill('SIGKILL'))
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const url = await addressOf(child)
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  // `taskset` is replaced by the program that it starts, so this is the process number of the server.
  return { url, pid: child.pid!, stop }
}

export function addressOf(child: ChildProcess): Promise<string> {
  let output = ''
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      const found = /API +(http:\S+)\/api\/v1/.exec(output)?.[1]
      if (found) resolve(found)
    })
    child.once('close', code => reject(new Error(`ended with ${code} before it was ready:\n${output}`)))
  })
}
