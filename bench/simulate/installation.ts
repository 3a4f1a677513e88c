import type { Costs } from './costs.ts'
import { simulateInstance } from './instance.ts'

/** What a person does, and who sees it. */
export interface Habits {
  readsPerMinute: number
  createsPerMinute: number
  /** To how many people each change goes; null for everybody who is connected. */
  audience: number | null
}

export interface Machines {
  /** Each has a core. */
  instances: number
  databaseCores: number
  memoryPerInstanceGb: number
  networkPerInstanceGbit: number
}

export interface Carried {
  people: number
  writesPerSecond: number
  deliveriesPerSecond: number
  p99Ms: number
  /** The part that would give way with more people. */
  limit: string
}

/** A part that is busier than this answers late at every peak. */
const mostBusy = 0.7
const mostP99Ms = 250

/** How busy each part is, from 0 to 1, with so many people; and how late the events are. */
function strain(people: number, habits: Habits, machines: Machines, costs: Costs) {
  const { instances } = machines
  const creates = (people * habits.createsPerMinute) / 60
  const reads = (people * habits.readsPerMinute) / 60
  const receivers = (habits.audience ?? people) / instances
  const load = { connections: people / instances, events: creates, receivers, reads: reads / instances }
  const { busy, p99Ms } = simulateInstance({ ...load, creates: creates / instances }, costs)
  const databaseUs =
    reads * costs.databasePerRead + creates * (costs.databasePerCreate + instances * costs.databasePerEventRead)
  const memoryKb = costs.memoryPerInstance + load.connections * costs.memoryPerConnection
  return {
    p99Ms,
    parts: {
      'event loop of each instance': busy / mostBusy,
      'delay of events': p99Ms / mostP99Ms,
      'processor of the database': databaseUs / 1e6 / machines.databaseCores / mostBusy,
      'order of the log': creates / costs.sequencedPerSecond / mostBusy,
      'memory of each instance': memoryKb / 1e6 / machines.memoryPerInstanceGb,
      'network of each instance':
        (creates * receivers * costs.bytesPerEvent * 8) / 1e9 / machines.networkPerInstanceGbit / mostBusy,
    },
  }
}

/** The most people whom all parts carry, to two digits. */
export function mostPeople(habits: Habits, machines: Machines, costs: Costs): Carried {
  const bears = (people: number) =>
    Object.values(strain(people, habits, machines, costs).parts).every(part => part <= 1)
  let [enough, tooMany] = [1, 2]
  while (bears(tooMany)) [enough, tooMany] = [tooMany, tooMany * 2]
  while (tooMany / enough > 1.02) {
    const middle = Math.round((enough + tooMany) / 2)
    if (middle === enough || middle === tooMany) break
    if (bears(middle)) enough = middle
    else tooMany = middle
  }
  const people = Number(enough.toPrecision(2))
  const [limit] = Object.entries(strain(tooMany, habits, machines, costs).parts).toSorted(([, a], [, b]) => b - a)[0]!
  const writes = (people * habits.createsPerMinute) / 60
  return {
    people,
    writesPerSecond: Number(writes.toPrecision(2)),
    deliveriesPerSecond: Number((writes * (habits.audience ?? people)).toPrecision(2)),
    p99Ms: Math.round(strain(people, habits, machines, costs).p99Ms),
    limit,
  }
}
