import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { endWithUs } from '../../server/embedded/orphan-guard.ts'
import { parseClusterUrl } from '../../server/kernel/redis-url.ts'
import { eventually } from '../support/eventually.ts'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const keptLines = 2_000
const mostFaults = 5
/** Messages that no fault excuses. */
const neverLogged = /unhandled rejection|uncaught exception|a listener of the event log failed|could not be broadcast/

/** A real `server/main.ts`, with a fault proxy to each side. */
export interface Instance {
  readonly name: string
  /** For clients: through its proxy, the same after every restart. */
  readonly url: string
  /** Past the proxy. */
  readonly directUrl: string
  readonly proxies: { client: FaultProxy; database: FaultProxy; redis: FaultProxy }
  /** Resolves when it serves. */
  start(): Promise<void>
  /** kill -9. */
  kill(): Promise<void>
  /** SIGTERM; resolves when it is gone. */
  stop(): Promise<{ code: number | null; ms: number }>
  freeze(): void
  thaw(): void
  readonly running: boolean
  /** Resident memory in MB; NaN where the system does not report it. */
  memory(): number
  /** Open files and sockets; NaN where the system does not report it. */
  handles(): number
  /** The last lines of its output, over all restarts. */
  output(): string[]
  /** Faults that the test did not cause: unexpected exits, and messages that must never be logged. */
  readonly faults: string[]
  close(): Promise<void>
}

export interface InstanceOptions {
  name: string
  databaseUrl: string
  migrationUrl: string
  redisUrl: string | null
  env: Record<string, string>
}

export async function createInstance(options: InstanceOptions): Promise<Instance> {
  const { name, databaseUrl, migrationUrl, redisUrl, env } = options
  const database = await startFaultProxy(Number(new URL(databaseUrl).port))
  // The nodes of a Redis Cluster name each other, so no proxy can stand before them.
  const redisPort = redisUrl === null || parseClusterUrl(redisUrl) ? null : Number(new URL(redisUrl).port)
  const redis = await startFaultProxy(redisPort ?? 1)
  const client = await startFaultProxy(1)
  const through = (url: string, { port }: FaultProxy) => Object.assign(new URL(url), { port: String(port) }).href
  const environment = {
    ...env,
    DATABASE_URL: through(databaseUrl, database),
    DATABASE_MIGRATION_URL: through(migrationUrl, database),
    ...(redisUrl !== null && { REDIS_URL: redisPort === null ? redisUrl : through(redisUrl, redis) }),
  }

  const lines: string[] = []
  const faults: string[] = []
  let child: ChildProcess | null = null
  let port = 0
  let wanted = false
  let ended: Promise<number | null> = Promise.resolve(null)

  const note = (fault: string) => void (faults.length < mostFaults && faults.push(fault))
  function listen(stream: NodeJS.ReadableStream) {
    let rest = ''
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      const all = (rest + chunk).split('\n')
      rest = all.pop()!
      lines.push(...all)
      lines.splice(0, lines.length - keptLines)
      for (const line of all) if (neverLogged.test(line)) note(`${name} wrote: ${line.slice(0, 600)}`)
    })
  }

  async function start() {
    const {
      DATABASE_URL: _,
      DATABASE_MIGRATION_URL: __,
      DATABASE_REPLICA_URL: _____,
      REDIS_URL: ___,
      JWT_SECRET: ____,
      ...inherited
    } = process.env
    const started = spawn(process.execPath, ['server/main.ts'], {
      cwd: root,
      env: {
        ...inherited,
        NODE_ENV: 'test',
        PORT: '0',
        HOST: '127.0.0.1',
        LOG_LEVEL: 'warn',
        SLOW_REQUEST_MS: '60000',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    endWithUs(started, 'KILL')
    child = started
    wanted = true
    const beginning = `--- ${name} starts as ${started.pid}`
    lines.push(beginning)
    for (const stream of [started.stdout, started.stderr]) listen(stream)
    ended = new Promise(resolve => {
      started.once('exit', (code, signal) => {
        if (wanted) note(`${name} ended by itself: ${code ?? signal}\n${lines.slice(-20).join('\n')}`)
        wanted = false
        child = null
        resolve(code)
      })
    })
    await eventually(
      () => {
        assert.ok(child === started, `${name} is gone:\n${lines.slice(-20).join('\n')}`)
        const address = /API +http:\S+:(\d+)\/api\/v1/.exec(lines.slice(lines.lastIndexOf(beginning)).join('\n'))
        assert.ok(address, `${name} says nothing:\n${lines.slice(-20).join('\n')}`)
        port = Number(address[1])
      },
      { within: 30_000 },
    )
    client.pointAt(port)
  }

  async function end(signal: NodeJS.Signals) {
    const began = performance.now()
    wanted = false
    child?.kill(signal)
    const code = await ended
    return { code, ms: Math.round(performance.now() - began) }
  }

  return {
    name,
    url: `http://127.0.0.1:${client.port}`,
    get directUrl() {
      return `http://127.0.0.1:${port}`
    },
    proxies: { client, database, redis },
    start,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    get running() {
      return child !== null
    },
    memory: () => residentMb(child?.pid),
    handles: () => openHandles(child?.pid),
    output: () => lines,
    faults,
    close: async () => {
      await end('SIGKILL')
      await Promise.all([client, database, redis].map(proxy => proxy.close()))
    },
  }
}

function openHandles(pid: number | undefined): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return NaN
  }
}

function residentMb(pid: number | undefined): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  } catch {
    return NaN
  }
}
