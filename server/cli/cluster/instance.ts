import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { endWithUs } from '../../embedded/orphan-guard.ts'
import { StartError } from '../../kernel/start-error.ts'

/** A `server/main.ts` as a child process. */
export interface Instance {
  pid: number
  /**
   * Resolves when the instance serves, with what its banner says about the administrator; rejects when it ends before
   * that.
   */
  ready: Promise<{ admin: string }>
  /** Resolves when the process has ended, with its exit code or signal. */
  ended: Promise<string>
  /** Drains the instance; kills it when it does not end in time. */
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** A server stops draining after 15 s; a frozen one never does. */
const patienceMs = 18_000
const tailLines = 12

export function startInstance(deps: { env: NodeJS.ProcessEnv; onLine: (line: string) => void }): Instance {
  // Detached, in a session of its own. Otherwise Ctrl-C in the terminal would drain all instances at once and before
  // the balancer.
  const child = spawn(process.execPath, [...process.execArgv, 'server/main.ts'], {
    cwd: root,
    env: deps.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  endWithUs(child, 'TERM')
  const ended = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('close', (code, signal) => resolve(signal ?? `code ${code}`))
  })
  const tail: string[] = []
  const { promise: ready, resolve, reject } = Promise.withResolvers<{ admin: string }>()
  // A caller may only be interested in `ended`.
  ready.catch(() => undefined)
  const take = createBannerFilter(resolve)
  const onLine = (line: string) => {
    if (take(line)) return
    tail.splice(0, tail.length - tailLines + 1)
    tail.push(line)
    deps.onLine(line)
  }
  readLines(child.stdout, onLine)
  readLines(child.stderr, onLine)
  void ended.then(why => reject(new StartError(`An instance did not start (${why}):\n${tail.join('\n')}`)))

  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    stop: async () => {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      await ended
      clearTimeout(late)
    },
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on('line', line => line.trim() !== '' && onLine(line))
}

/** Removes the lines of a server's banner from its output and calls `onBanner` when the banner is complete. */
function createBannerFilter(onBanner: (facts: { admin: string }) => void): (line: string) => boolean {
  let inside = false
  let admin = ''
  return line => {
    if (line === '  Taskwire is ready') inside = true
    if (!inside) return false
    admin = /^ +Admin +(.+)$/.exec(line)?.[1] ?? admin
    if (line === '  Ctrl-C to stop') {
      inside = false
      onBanner({ admin })
    }
    return true
  }
}
