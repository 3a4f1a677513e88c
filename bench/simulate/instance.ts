import { percentile } from '../figures.ts'
import type { Costs } from './costs.ts'

/** What one instance has to do. */
export interface Load {
  connections: number
  /** Events a second in the log, and to how many connections of this instance each goes. */
  events: number
  receivers: number
  /** Calls a second to this instance. */
  reads: number
  creates: number
}

export interface Answer {
  /** The share of the time in which the event loop computes; 1 and more when work piles up. */
  busy: number
  /** From the commit to the last byte written, for 99 % of the events. */
  p99Ms: number
}

const gatherFactor = 3
const mostGatheredMs = 25

/**
 * Simulates the event loop of an instance for some seconds: calls and events arrive at random, one thing is done at a
 * time. Events that are waiting are sent together: the reader gathers for three times as long as the last sending
 * took, at most 25 ms (docs/decisions/0020).
 */
export function simulateInstance(load: Load, costs: Costs, { seconds = 10, seed = 1 } = {}): Answer {
  const random = randomFrom(seed)
  const arrivals = (perSecond: number) => {
    const times: number[] = []
    for (let at = 0; perSecond > 0 && at < seconds * 1000; times.push(at))
      at += (-Math.log(1 - random()) * 1000) / perSecond
    return times
  }
  const calls = [
    ...arrivals(load.reads).map(at => ({ at, us: costs.perRead })),
    ...arrivals(load.creates).map(at => ({ at, us: costs.perCreate })),
  ].toSorted((a, b) => a.at - b.at)
  const events = arrivals(load.events)
  const delays: number[] = []
  let [now, busyMs, call, event, notBefore] = [0, 0, 0, 0, 0]

  const work = (ms: number) => {
    now += ms
    busyMs += ms
  }
  while (call < calls.length || event < events.length) {
    const nextCall = calls[call]?.at ?? Infinity
    const nextEvents = Math.max((events[event] ?? Infinity) + costs.noticeMs, notBefore)
    now = Math.max(now, Math.min(nextCall, nextEvents))
    // What waits longer comes first.
    if (nextCall <= nextEvents) {
      work(calls[call++]!.us / 1000)
      continue
    }
    const first = event
    while (event < events.length && events[event]! + costs.noticeMs <= now) event++
    const began = now
    work(sendingUs(event - first, load, costs) / 1000)
    for (let nth = first; nth < event; nth++) delays.push(now - events[nth]!)
    notBefore = now + Math.min((now - began) * gatherFactor, mostGatheredMs)
  }
  return { busy: busyMs / (seconds * 1000), p99Ms: percentile(delays, 99) }
}

/** Events to the same connection share a write. */
function sendingUs(events: number, { connections, receivers }: Load, costs: Costs): number {
  const missedByAll = (1 - Math.min(1, receivers / Math.max(1, connections))) ** events
  const writes = connections * (1 - missedByAll)
  return events * costs.perEventRead + writes * costs.perWrite + events * receivers * costs.perEventInWrite
}

/** The same numbers in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
