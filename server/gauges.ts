import type { HealthReport } from '../contract/index.ts'
import type { PostgresDatabase } from './adapters/database.ts'
import type { Reader } from './events/index.ts'
import type { Presence } from './features/rooms/index.ts'
import type { Metrics } from './ports/metrics.ts'

export interface StateDeps {
  /** Shared by everybody who asks within a second, so a scrape causes no queries of its own. */
  health: () => Promise<HealthReport>
  sockets: { readonly connections: number; readonly behind: number; presence: Presence }
  reader: Pick<Reader, 'offset'>
  database: Pick<PostgresDatabase, 'pool'>
}

const levels = { healthy: 2, degraded: 1, unhealthy: 0 }

/** The present state of the parts as metrics, read when somebody asks. Beside them, each part counts what it does. */
export function measureState(metrics: Metrics, { health, sockets, reader, database }: StateDeps): void {
  const gauge = (name: string, help: string, read: () => number) =>
    metrics.reading('gauge', { name, help }, () => [{ value: read() }])

  gauge('taskwire_sockets', 'Connected sockets', () => sockets.connections)
  gauge('taskwire_sockets_behind', 'Sockets that cannot keep up and are served from the log', () => sockets.behind)
  gauge('taskwire_rooms', 'Rooms in which somebody is through this instance', () => here(sockets.presence).rooms)
  gauge('taskwire_people', 'People who are in a room through this instance', () => here(sockets.presence).people)
  gauge('taskwire_event_offset', 'Offset up to which this instance has delivered', () => reader.offset)
  metrics.reading(
    'gauge',
    { name: 'taskwire_database_connections', help: 'Connections of the pool, by state', labels: ['state'] },
    () => {
      const { total, idle } = database.pool()
      return Object.entries({ busy: total - idle, idle }).map(([state, value]) => ({ labels: { state }, value }))
    },
  )
  gauge('taskwire_database_waiting', 'Calls that wait for a connection', () => database.pool().waiting)

  /** A number from the health report; without a value while its part cannot be checked. */
  const checked = (name: string, help: string, component: string, field: string) =>
    metrics.reading('gauge', { name, help }, async () => {
      const value = (await health()).components[component]?.[field]
      return typeof value === 'number' || typeof value === 'boolean' ? [{ value: Number(value) }] : []
    })

  metrics.reading(
    'gauge',
    { name: 'taskwire_component_health', help: 'Parts: 2 healthy, 1 degraded, 0 unhealthy', labels: ['component'] },
    async () =>
      Object.entries((await health()).components).map(([component, { status }]) => ({
        labels: { component },
        value: levels[status],
      })),
  )
  metrics.reading(
    'gauge',
    { name: 'taskwire_component_check_seconds', help: 'Time that the check of a part took', labels: ['component'] },
    async () =>
      Object.entries((await health()).components).map(([component, { latency_ms = 0 }]) => ({
        labels: { component },
        value: latency_ms / 1000,
      })),
  )
  checked(
    'taskwire_replica_behind_bytes',
    'Bytes of WAL that the replica has not replayed yet',
    'replica',
    'behind_bytes',
  )
  checked('taskwire_events_behind', 'Events of the log that this instance has not delivered yet', 'events', 'lag')
  checked('taskwire_outbox_commands', 'Committed commands without offsets; counted up to 10,000', 'events', 'outbox')
  checked('taskwire_sequencing', '1 on the instance that sequences the log', 'events', 'sequencing')
  checked('taskwire_jobs_queued', 'Jobs that wait', 'jobs', 'queued')
  checked('taskwire_jobs_running', 'Jobs that run, on any instance', 'jobs', 'running')
  checked('taskwire_jobs_waiting_seconds', 'Time that the longest waiting job has waited', 'jobs', 'waiting_seconds')
}

function here(presence: Presence): { rooms: number; people: number } {
  const rooms = new Set<string>()
  const people = new Set<number>()
  for (const [room, person] of presence.shares()) {
    rooms.add(room)
    people.add(person)
  }
  return { rooms: rooms.size, people: people.size }
}
