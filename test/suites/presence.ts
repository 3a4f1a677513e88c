import { limits } from '../../contract/index.ts'
import { createPresence, type PresenceChange, type RoomSizes } from '../../server/features/rooms/index.ts'
import { createManualClock } from '../support/manual-clock.ts'

/** The presence of one instance, with people who come and go, and what the people in its rooms are told. */
export function presenceScene(sizes?: RoomSizes) {
  const { clock, pass } = createManualClock()
  const changes: PresenceChange[] = []
  const presence = createPresence(change => void changes.push(change), { clock, sizes })
  const come = (from: number, to: number, room = 'r') => {
    for (let id = from; id <= to; id++) presence.join(room, id, `socket ${id}`)
  }
  const go = (from: number, to: number, room = 'r') => {
    for (let id = from; id <= to; id++) presence.leave(room, id, `socket ${id}`, 0)
  }
  const counts = () => changes.splice(0).map(change => ('count' in change ? change.count : change.event))
  return { presence, pass, come, go, counts, take: () => changes.splice(0) }
}

/** The largest state, as JSON. */
export const heavyState = { text: 'x'.repeat(limits.presenceStateBytes - 11) }
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))
