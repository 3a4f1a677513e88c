import type { eventLog, Room } from '../../../contract/index.ts'
import { readableIn, readHead, readMatching, wirePayload } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../kernel/database.ts'
import type { Presence } from './presence.ts'
import { admit, rightsOf } from './rooms.policy.ts'

export interface RoomDeps {
  database: Database
  presence: Pick<Presence, 'members'>
}

/** Rooms without a socket: their past from the log, and who is in them now. */
export function createEventLog({ database, presence }: RoomDeps): Handlers<typeof eventLog> {
  return {
    read: async ({ person }, { room: names, since, epoch, limit }) => {
      const rights = await rightsOf(database, person)
      const rooms: Room[] = await admit(database, [...new Set(names)], rights)
      const head = await readHead(database)
      const from = since ?? head.last
      const recovered = (epoch ?? head.epoch) === head.epoch && from >= head.first - 1 && from <= head.last
      if (!recovered) return { epoch: head.epoch, recovered, results: [], next_since: head.last, complete: true }

      const found = await readMatching(database, readableIn(rooms, rights), from, head.last, limit + 1)
      const events = found.slice(0, limit)
      const complete = found.length <= limit
      return {
        epoch: head.epoch,
        recovered,
        results: events.map(event => ({
          offset: event.offset,
          at: event.at,
          event: event.event,
          payload: wirePayload(event),
        })),
        next_since: complete ? head.last : events.at(-1)!.offset,
        complete,
      }
    },

    roomMembers: async ({ person }, { room }) => {
      await admit(database, [room], await rightsOf(database, person))
      return { results: presence.members(room) }
    },
  }
}
