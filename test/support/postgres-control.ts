import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/embedded/database-embedded.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { installedPostgres } from './postgres-programs.ts'

/** A durable PostgreSQL of its own, for fault tests. */
export interface PostgresControl {
  /** The address since the last start: the next start may use another port, so there should be a proxy in front. */
  readonly url: string
  readonly ownerUrl: string
  readonly port: number
  /** The folder of the cluster. */
  readonly data: string
  /** Immediate shutdown, as in a crash: what was not committed is lost. */
  crash(): Promise<void>
  /** Starts again on the same data. */
  start(): Promise<void>
  /** Stops every process of it: connections stay open and nothing is answered. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Removes it, with its folder. */
  remove(): Promise<void>
}

const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'error', pretty: process.stdout.isTTY })

export async function startPostgres(): Promise<PostgresControl> {
  // The name holds the owner's pid: the next run of tests removes what a killed one left (postgres-scratch.ts).
  const dir = await mkdtemp(path.join(tmpdir(), `taskwire-test-${process.pid}-`))
  const launch = () => startEmbeddedPostgres({ dir, durable: true, log, installed: installedPostgres() })
  let postgres: EmbeddedPostgres = await launch()

  const data = () => path.join(postgres.base, 'data')
  const signalAll = (signal: NodeJS.Signals) => signalCluster(data(), signal)
  const crash = async () => {
    await quit(data())
    await postgres.stop()
  }
  return {
    get url() {
      return postgres.url
    },
    get ownerUrl() {
      return postgres.ownerUrl
    },
    get port() {
      return postgres.port
    },
    get data() {
      return data()
    },
    crash,
    start: async () => void (postgres = await launch()),
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    remove: async () => {
      await signalAll('SIGCONT').catch(() => {})
      await crash().catch(() => {})
      for (const folder of [dir, postgres.base]) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Immediate shutdown of the PostgreSQL that runs on a folder. */
export const quit = async (data: string): Promise<void> => void process.kill(await postmaster(data), 'SIGQUIT')

/** Sends a signal to every process of the PostgreSQL that runs on a folder. */
export async function signalCluster(data: string, signal: NodeJS.Signals): Promise<void> {
  const first = await postmaster(data)
  // The parent first, so that it forks no children meanwhile.
  signalIfAlive(first, signal)
  for (const pid of childrenOf(first)) signalIfAlive(pid, signal)
}

const postmaster = async (data: string) =>
  Number((await readFile(path.join(data, 'postmaster.pid'), 'utf8')).split('\n')[0])

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Slim containers have no `ps`, other systems no /proc. */
function childrenOf(parent: number): number[] {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('pgrep', ['-P', String(parent)], { encoding: 'utf8' })
    return stdout.split('\n').filter(Boolean).map(Number)
  }
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number)
}

function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // After the name, which is in brackets and may hold anything: state, parent.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}
