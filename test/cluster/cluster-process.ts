import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { endWithUs } from '../../server/embedded/orphan-guard.ts'
import { eventually } from '../support/eventually.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface ClusterProcess {
  output(): string
  /** Waits for the banner that reports everything to be up. */
  ready(): Promise<{ address: string; admin: string }>
  /** The last known pid of each instance. */
  pids(): number[]
  redisPid(): number
  type(text: string): void
  signal(name: NodeJS.Signals): void
  ended: Promise<number | null>
}

/** The real command, as a process of its own on a free port. */
export const startClusterProcess = (dataDir: string, ...args: string[]): ClusterProcess =>
  startClusterOn({}, dataDir, ...args)

/** The same with further variables, for servers that are there already. */
export function startClusterOn(env: Record<string, string>, dataDir: string, ...args: string[]): ClusterProcess {
  const {
    DATABASE_URL: _,
    DATABASE_MIGRATION_URL: __,
    DATABASE_REPLICA_URL: ______,
    REDIS_URL: ___,
    JWT_SECRET: ____,
    PORT: _____,
    ...inherited
  } = process.env
  const child = spawn(process.execPath, ['server/cli/main.ts', 'cluster', '--port', '0', ...args], {
    cwd: root,
    env: { ...inherited, NODE_ENV: 'test', DATA_DIR: dataDir, ...env },
    stdio: 'pipe',
  })
  endWithUs(child, 'TERM')
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  const read = () => {
    const found = (name: string, what: RegExp) => new RegExp(`^    ${name} +${what.source}$`, 'm').exec(output)?.[1]
    assert.match(output, /Ctrl-C to stop/, `not ready:\n${output}`)
    return { address: found('Page', /(http:\S+)/)!, admin: found('Admin', /(.+)/)! }
  }
  return {
    output: () => output,
    ready: () => Promise.race([eventually(read, { within: 60_000 }), ended.then(read)]),
    pids: () => {
      const ups = [...output.matchAll(/^Instance (\d+) is up: port \d+, pid (\d+)$/gm)]
      return [...new Map(ups.map(([, name, pid]) => [name, Number(pid)])).values()]
    },
    redisPid: () => Number([...output.matchAll(/^ *Redis .*pid (\d+)$/gm)].at(-1)?.[1]),
    type: text => void child.stdin.write(text),
    signal: name => void child.kill(name),
    ended,
  }
}
