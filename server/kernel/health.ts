import type { Health, health } from '../../contract/index.ts'
import type { Handlers } from './bind.ts'
import { createSharedAnswer } from './shared-answer.ts'

export type Status = Health['status']
export type Component = { status: Status; latency_ms?: number } & Record<string, unknown>

export interface HealthDeps {
  version: string
  /** Each check looks at one part of the system. A check that throws or hangs means unhealthy. */
  checks: Record<string, () => Promise<Component> | Component>
  /** Parts without which no request can be answered. */
  vital: readonly string[]
  draining: () => boolean
}

const checkTimeoutMs = 2_000
/** How long the result of a check is reused for all callers. */
const sharedMs = 1_000

/**
 * The state of the parts, for load balancers (`live`, `ready`) and for people (`detailed`). It is public, so it
 * contains no secrets.
 */
export function createHealth(deps: HealthDeps): Handlers<typeof health> {
  const began = Date.now()
  const base = (status: Status): Health => ({
    status,
    version: deps.version,
    uptime_seconds: Math.round((Date.now() - began) / 1000),
  })

  const checkAll = createSharedAnswer(sharedMs, async (): Promise<Health> => {
    const components = Object.fromEntries(
      await Promise.all(Object.entries(deps.checks).map(async ([name, check]) => [name, await timed(check)] as const)),
    )
    const bad = Object.keys(components).filter(name => components[name]!.status !== 'healthy')
    const down = bad.some(name => deps.vital.includes(name) && components[name]!.status === 'unhealthy')
    return { ...base(down ? 'unhealthy' : bad.length > 0 ? 'degraded' : 'healthy'), components }
  })

  return {
    live: async () => base('healthy'),
    summary: async () => base((await checkAll()).status),
    detailed: checkAll,
    ready: async () => base(deps.draining() ? 'unhealthy' : (await checkAll()).status),
  }
}

async function timed(check: () => Promise<Component> | Component): Promise<Component> {
  const began = performance.now()
  const late = Promise.withResolvers<Component>()
  const timer = setTimeout(() => late.resolve({ status: 'unhealthy' }), checkTimeoutMs)
  try {
    const found = await Promise.race([Promise.resolve(check()), late.promise])
    return { latency_ms: Math.round(performance.now() - began), ...found }
  } catch {
    return { status: 'unhealthy', latency_ms: Math.round(performance.now() - began) }
  } finally {
    clearTimeout(timer)
  }
}
