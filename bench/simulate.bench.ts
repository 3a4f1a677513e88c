// How many people do one, ten and a hundred instances carry, and which part gives way first? Computed from what the
// other benches measured (simulate/costs.ts); nothing is started. docs/SCALE.md shows the table.
import { report } from './figures.ts'
import { costs } from './simulate/costs.ts'
import { type Habits, type Machines, mostPeople } from './simulate/installation.ts'

const habits: Record<string, Habits> = {
  'teams of 50': { readsPerMinute: 6, createsPerMinute: 1, audience: 50 },
  'one room for all': { readsPerMinute: 6, createsPerMinute: 1, audience: null },
}
const machines = (instances: number): Machines => ({
  instances,
  databaseCores: 16,
  memoryPerInstanceGb: 4,
  networkPerInstanceGbit: 1,
})

const rows = Object.entries(habits).flatMap(([who, how]) =>
  [1, 10, 100].map(instances => ({ who, instances, ...mostPeople(how, machines(instances), costs) })),
)
console.error('who                instances   people   writes/s   deliveries/s   p99 ms   gives way first')
for (const { who, instances, people, writesPerSecond, deliveriesPerSecond, p99Ms, limit } of rows)
  console.error(
    [
      who.padEnd(18),
      String(instances).padStart(9),
      String(people).padStart(8),
      String(writesPerSecond).padStart(10),
      String(deliveriesPerSecond).padStart(14),
      String(p99Ms).padStart(8),
      `  ${limit}`,
    ].join(' '),
  )
report('simulate', { costs, rows })
