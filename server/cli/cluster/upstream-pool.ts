import { get } from 'node:http'

export interface Upstream {
  host: string
  port: number
}

export interface UpstreamPool {
  /** The upstreams that are up, the least busy first; among equals, the one that has waited longest comes first. */
  candidates(): Upstream[]
  /** Counts a request in progress at the upstream until the returned function is called. */
  hold(upstream: Upstream): () => void
  /** The upstream refused a connection; the next check decides when it is up again. */
  markDown(upstream: Upstream): void
  isUp(upstream: Upstream): boolean
  stop(): void
}

interface State {
  up: boolean
  /** Consecutive checks without any answer. */
  silences: number
  asking: boolean
  active: number
  lastUsed: number
}

const answerMs = 2_000
/**
 * An upstream that misses one check may be busy: a thousand clients that reconnect at once block a process for seconds.
 */
const mostSilences = 2

/**
 * Finds out which upstreams may get traffic by asking each for /api/v1/health/ready repeatedly. New ones start as down.
 */
export function createUpstreamPool(upstreams: () => readonly Upstream[], checkEveryMs = 500): UpstreamPool {
  const states = new Map<string, State>()
  let uses = 0

  const stateOf = (upstream: Upstream): State => {
    const key = keyOf(upstream)
    const state = states.get(key) ?? { up: false, silences: 0, asking: false, active: 0, lastUsed: 0 }
    states.set(key, state)
    return state
  }

  async function check(upstream: Upstream): Promise<void> {
    const state = stateOf(upstream)
    if (state.asking) return
    state.asking = true
    const answer = await ask(upstream)
    state.asking = false
    state.silences = answer === 'silent' ? state.silences + 1 : 0
    if (answer === 'silent' && state.silences < mostSilences) return
    state.up = answer === 'ready'
  }

  function checkAll(): void {
    const present = upstreams()
    const keys = new Set(present.map(keyOf))
    for (const [key, { active }] of states) if (!keys.has(key) && active === 0) states.delete(key)
    for (const upstream of present) void check(upstream)
  }
  checkAll()
  const timer = setInterval(checkAll, checkEveryMs)

  return {
    candidates: () => {
      const rank = (upstream: Upstream) => stateOf(upstream)
      return upstreams()
        .filter(upstream => stateOf(upstream).up)
        .toSorted((a, b) => rank(a).active - rank(b).active || rank(a).lastUsed - rank(b).lastUsed)
    },
    hold: upstream => {
      const state = stateOf(upstream)
      state.active += 1
      state.lastUsed = ++uses
      let held = true
      return () => {
        if (held) state.active -= 1
        held = false
      }
    },
    markDown: upstream => void (stateOf(upstream).up = false),
    isUp: upstream => states.get(keyOf(upstream))?.up ?? false,
    stop: () => clearInterval(timer),
  }
}

const keyOf = ({ host, port }: Upstream) => `${host}:${port}`

function ask({ host, port }: Upstream): Promise<'ready' | 'not ready' | 'silent'> {
  return new Promise(resolve => {
    const request = get({ host, port, path: '/api/v1/health/ready', agent: false, timeout: answerMs }, answer => {
      answer.resume().on('error', () => undefined)
      resolve(answer.statusCode === 200 ? 'ready' : 'not ready')
    })
    request.on('timeout', () => {
      resolve('silent')
      request.destroy()
    })
    request.on('error', () => resolve('not ready'))
  })
}
