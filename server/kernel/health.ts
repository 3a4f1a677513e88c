import type { Health, health, HealthReport } from '../../contract/index.ts'
import type { Handlers } from './bind.ts'
import { errorClass } from './error-class.ts'
import { createReadiness } from './readiness.ts'
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
export function createHealth(deps: HealthDeps): Handlers<typeof health> & { detailed: () => Promise<HealthReport> } {
  const began = Date.now()
  const readiness = createReadiness()
  const timed = createTimedCheck()
  const base = (status: Status): Health => ({
    status,
    version: deps.version,
    uptime_seconds: Math.round((Date.now() - began) / 1000),
  })

  const checkAll = createSharedAnswer(sharedMs, async () => {
    const components = Object.fromEntries(
      await Promise.all(
        Object.entries(deps.checks).map(async ([name, check]) => [name, await timed(name, check)] as const),
      ),
    )
    const bad = Object.keys(components).filter(name => components[name]!.status !== 'healthy')
    const down = bad.some(name => deps.vital.includes(name) && components[name]!.status === 'unhealthy')
    const report = { ...base(down ? 'unhealthy' : bad.length > 0 ? 'degraded' : 'healthy'), components }
    // Once for each check and not for each caller.
    return { report, ready: readiness.find(!down) }
  })
  const detailed = async () => (await checkAll()).report

  return {
    live: async () => base('healthy'),
    summary: async () => base((await detailed()).status),
    detailed,
    ready: async () => {
      if (deps.draining()) return base('unhealthy')
      const { report, ready } = await checkAll()
      if (!ready) return base('unhealthy')
      return base(report.status === 'unhealthy' ? 'degraded' : report.status)
    },
  }
}

/** Measures checks, and keeps for each the kind of its last error. */
function createTimedCheck() {
  const lastErrors = new Map<string, { class: string; at: string }>()

  return async (name: string, check: () => Promise<Component> | Component): Promise<Component> => {
    const began = performance.now()
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(Object.assign(new Error('late'), { code: 'timeout' })), checkTimeoutMs)
    let found: Component
    try {
      found = await Promise.race([Promise.resolve(check()), late.promise])
    } catch (error) {
      found = { status: 'unhealthy' }
      lastErrors.set(name, { class: errorClass(error), at: new Date().toISOString() })
    } finally {
      clearTimeout(timer)
    }
    const last = lastErrors.get(name)
    return { latency_ms: Math.round(performance.now() - began), ...found, ...(last && { last_error: last }) }
  }
}
