import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../kernel/start-error.ts'
import { endWithUs } from './orphan-guard.ts'
import { findRedisServer, type RedisProgram } from './redis-binaries.ts'

export interface RedisServer {
  /** The URL with the password, for clients. */
  url: string
  port: number
  pid: number
  version: string
  /** Resolves when the process has ended, for whatever reason. */
  ended: Promise<void>
  /** Does nothing when the process has ended. */
  signal(name: NodeJS.Signals): void
  /** Kills it at once, because it keeps no data that an orderly end could save. May be called any number of times. */
  stop(): Promise<void>
}

export interface RedisServerOptions {
  /** Its working folder; Redis writes nothing to it. */
  dir?: string
  /** The URL of an earlier one, to start it again there; without it, any free port and a new password. */
  url?: string
  /** Lines for its configuration, in addition to ours. */
  settings?: readonly string[]
}

const ATTEMPTS = 6
const READY_MS = 10_000

/**
 * Starts a real Redis on 127.0.0.1, with a password and without persistence, and resolves when it answers. It ends with
 * this process, even when this process is killed with -9.
 *
 * @throws {StartError} when there is no Redis, or it does not start
 */
export async function startRedisServer({
  dir = tmpdir(),
  url,
  settings = [],
}: RedisServerOptions = {}): Promise<RedisServer> {
  const program = await findRedisServer()
  for (let attempt = 1; ; attempt++) {
    const address = new URL(url ?? `redis://:${randomBytes(24).toString('hex')}@127.0.0.1:${choosePort()}`)
    try {
      return await launch(program, dir, address, settings)
    } catch (error) {
      if (url !== undefined || attempt === ATTEMPTS) throw error
    }
  }
}

/**
 * Below the ports that the kernel assigns to outgoing connections, which could occupy the port when Redis is restarted.
 */
const choosePort = () => randomInt(20_000, 30_000)

async function launch(
  { program, env, version }: RedisProgram,
  dir: string,
  address: URL,
  more: readonly string[],
): Promise<RedisServer> {
  const { port, password } = address
  const settings = ['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`, `dir "${dir}"`]
  settings.push('save ""', 'appendonly no', 'daemonize no', ...more)
  // Detached, in a session of its own. Otherwise Ctrl-C in the terminal would end it before its clients.
  const child = spawn(program, ['-'], { cwd: '/', env: { ...process.env, ...env }, detached: true, stdio: 'pipe' })
  endWithUs(child, 'KILL')
  let output = ''
  const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2000))
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  // The password goes through standard input and not through arguments, which every user of the machine can read.
  child.stdin.on('error', () => undefined)
  child.stdin.end(`${settings.join('\n')}\n`)

  let gone = false
  const ended = whenEnded(child).then(() => void (gone = true))
  const signal = (name: NodeJS.Signals) => void child.kill(name)
  const stop = async () => {
    signal('SIGKILL')
    await ended
  }
  for (const end = Date.now() + READY_MS; !(await answers(address)); await sleep(10)) {
    if (!gone && Date.now() < end) continue
    await stop()
    throw new StartError(`Redis did not start on port ${port}:\n${output.trim()}`)
  }
  return { url: address.href, port: Number(port), pid: child.pid!, version, ended, signal, stop }
}

function whenEnded(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    child.once('error', () => resolve())
    child.once('exit', () => resolve())
  })
}

/** Whether our Redis answers at this URL; another one does not know the password. */
function answers({ hostname, port, password }: URL): Promise<boolean> {
  return new Promise(resolve => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(`AUTH ${password}\r\nPING\r\n`))
    socket.setTimeout(1000, () => socket.destroy())
    socket.on('error', () => undefined)
    socket.on('data', chunk => {
      answer += chunk.toString()
      if (answer.includes('\n+PONG') || answer.startsWith('-')) socket.destroy()
    })
    socket.on('close', () => resolve(answer.includes('+OK') && answer.includes('+PONG')))
  })
}
