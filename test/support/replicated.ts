import { openDatabase, type PostgresDatabase } from '../../server/adapters/database.ts'
import { createMetrics } from '../../server/adapters/metrics-prometheus.ts'
import { migrate } from '../../server/adapters/database-migration.ts'
import { createEvents } from '../../server/events/index.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { noPeers } from '../../server/ports/peers.ts'
import { eventually } from './eventually.ts'
import { type PostgresControl, startPostgres } from './postgres-control.ts'
import { type PostgresStandby, startStandby } from './postgres-standby.ts'

const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent', pretty: false })

/** A database as an instance opens it, with the numbers that it counts. */
export interface Opened extends PostgresDatabase {
  /** The reads that the replica answered, and those that the primary answered instead, by reason. */
  counts(): Promise<{ replica: number; primary: Record<string, number> }>
  /** The statements that were counted, by outcome. */
  statements(): Promise<Record<string, number>>
}

/** A migrated primary whose event log has its name, and a standby of it. */
export async function startReplicated(): Promise<{
  primary: PostgresControl
  standby: PostgresStandby
  /** Opens the database of a primary, with a replica. */
  open(url: string, replicaUrl: string): Promise<Opened>
  /** Gives the event log the name that belongs to the server, as an instance does when it starts to sequence. */
  nameLog(database: PostgresDatabase): Promise<void>
  remove(): Promise<void>
}> {
  const primary = await startPostgres()
  const closing: (() => Promise<unknown>)[] = [primary.remove]
  const open = async (url: string, replicaUrl: string): Promise<Opened> => {
    const metrics = createMetrics(log)
    const database = openDatabase(url, log, metrics, replicaUrl)
    let closed: Promise<void> | null = null
    const close = () => (closed ??= database.close())
    closing.push(close)
    return { ...database, close, counts: () => countsOf(metrics), statements: () => statementsOf(metrics) }
  }
  const nameLog = async (database: PostgresDatabase) => {
    const events = createEvents({ database, log, peers: noPeers })
    await events.start()
    await eventually(() => {
      if (!events.sequencer.leading) throw new Error('nobody sequences')
    })
    await events.stop()
  }
  const remove = async () => {
    for (const step of closing.toReversed()) await step()
  }
  try {
    const url = await migrate({ url: primary.url, migrationUrl: primary.ownerUrl }, log)
    const plain = openDatabase(url, log)
    await nameLog(plain).finally(plain.close)
    const standby = await startStandby(primary)
    closing.push(standby.remove)
    return { primary, standby, open, nameLog, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function countsOf(metrics: ReturnType<typeof createMetrics>) {
  const families = await metrics.families(['taskwire_replica_reads_total', 'taskwire_replica_misses_total'])
  const samples = families.flatMap(family => family.samples)
  const replica = samples.find(({ labels }) => labels['reason'] === undefined)?.value ?? 0
  const missed = samples.filter(({ labels }) => labels['reason'] !== undefined)
  return { replica, primary: Object.fromEntries(missed.map(({ labels, value }) => [labels['reason'], value])) }
}

async function statementsOf(metrics: ReturnType<typeof createMetrics>) {
  const [family] = await metrics.families(['taskwire_database_query_duration_seconds'])
  const counts = family!.samples.filter(({ name }) => name?.endsWith('_count'))
  return Object.fromEntries(counts.map(({ labels, value }) => [labels['outcome'], value]))
}
