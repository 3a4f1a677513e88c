import type { alerts, HealthReport, PerformanceMetrics, SystemMetrics } from '../../../contract/index.ts'
import { admins, type Command, type Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { newestFirst, pageOf } from '../../kernel/paging.ts'
import type { Database } from '../../ports/database.ts'
import { notify } from '../notifications/index.ts'
import * as queries from './alerts.queries.ts'
import { type Seen, seenIn, type Thresholds } from './rules.ts'

export type { Thresholds } from './rules.ts'

/** A reason that is seen so often in a row raises its alert: a single bad moment does not. */
const timesInARow = 3
const keptDays = 90
const timeoutMs = 2_000

export interface AlertDeps {
  database: Database
  command: Command
  thresholds: Thresholds
  health: () => Promise<HealthReport>
  systemMetrics: () => Promise<SystemMetrics>
  performance: () => Promise<PerformanceMetrics>
  /** Milliseconds without its reason, seen by any instance, after which an alert is cleared. */
  clearAfterMs: number
}

export interface Alerts {
  alerts: Handlers<typeof alerts>
  /** Looks once whether something is to be raised or cleared. */
  watch(): Promise<void>
  cleanUp(): Promise<void>
}

/**
 * Alerts for administrators: events in the room `admin`, for webhooks of administrators too, and notifications. Every
 * instance watches, because some reasons concern one instance only; an alert is one over all instances, and is cleared
 * when none of them sees its reason any more. Without its database there are no alerts: the health says that.
 */
export function createAlerts(deps: AlertDeps): Alerts {
  const { database, command, thresholds, clearAfterMs } = deps
  /** How many times in a row this instance has seen a reason. */
  let counts = new Map<string, number>()
  /**
   * Since when this instance watches without a failure. After an outage it clears nothing for a while, because others
   * have not had time to see their reasons again.
   */
  let watchingSince: number | null = null

  async function look(): Promise<Seen[]> {
    const [health, system, performance, troubles] = await Promise.all([
      deps.health(),
      deps.systemMetrics(),
      deps.performance(),
      database.readWithin(timeoutMs, queries.readTroubles),
    ])
    return seenIn({ health, system, performance, troubles }, thresholds)
  }

  async function raise(tx: Tx, seen: readonly Seen[]) {
    for (const one of seen) {
      const alert = await queries.insertAlert(tx, one, tx.now)
      if (!alert) continue
      tx.record('alert_raised', { alert }, admins)
      const { id, name, severity, message } = alert
      const data = { alert_id: id, name, severity }
      const people = await queries.activeAdmins(tx)
      await notify(
        tx,
        null,
        people.map(userId => ({ userId, type: 'alert' as const, message, data })),
      )
    }
  }

  async function watchOnce(): Promise<void> {
    const seen = await look()
    watchingSince ??= performance.now()
    counts = new Map(seen.map(({ name }) => [name, (counts.get(name) ?? 0) + 1]))
    const names = seen.map(({ name }) => name)
    // Also for a reason that this instance has seen only once: another one may have raised its alert.
    const raised = names.length === 0 ? new Set<string>() : await queries.noteSeen(database, names)
    const fresh = seen.filter(({ name }) => counts.get(name)! >= timesInARow && !raised.has(name))
    if (fresh.length > 0) await command({ person: null }, tx => raise(tx, fresh))
    if (performance.now() - watchingSince < clearAfterMs) return
    if (!(await queries.hasUnseen(database, clearAfterMs))) return
    await command({ person: null }, async tx => {
      const cleared = await queries.clearUnseen(tx, clearAfterMs, tx.now)
      for (const alert of cleared) tx.record('alert_cleared', { alert }, admins)
    })
  }

  return {
    alerts: {
      list: (_scope, { page, page_size, cursor, ...filters }) =>
        pageOf(
          { page, page_size, cursor },
          ['alerts', filters],
          newestFirst,
          clauses => queries.listAlerts(database.reads, filters, clauses),
          () => queries.countAlerts(database.reads, filters),
        ),
    },

    async watch() {
      try {
        await watchOnce()
      } catch (error) {
        // Three in a row must not span an outage.
        counts = new Map()
        watchingSince = null
        throw error
      }
    },

    cleanUp: async () => void (await queries.removeOld(database, keptDays)),
  }
}
