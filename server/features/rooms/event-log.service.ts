import type { eventLog, Room } from '../../../contract/index.ts'
import {
  type Command,
  isForgotten,
  readableIn,
  readHead,
  readMatching,
  recoverable,
  wirePayload,
} from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import type { Presence } from './presence.ts'
import { cursorAt, idIn } from './members-cursor.ts'
import { createPublish } from './publish.ts'
import { admit, rightsOf } from './rooms.policy.ts'

export interface RoomDeps {
  database: Database
  command: Command
  presence: Pick<Presence, 'page'>
}

/** The bytes of payloads on one page. The page ends there, however many events were requested. */
const pageBytes = 256 * 1024

/** Rooms without a socket: their past events from the log, and who is in them now. */
export function createEventLog({ database, command, presence }: RoomDeps): Handlers<typeof eventLog> {
  return {
    publish: createPublish({ command }),

    read: async ({ person, key, isElsewhere }, { room: names, since, epoch, limit }) => {
      const rights = await rightsOf(database, person, key)
      const rooms: Room[] = await admit(database, [...new Set(names)], rights, isElsewhere)
      const head = await readHead(database)
      const from = since ?? head.last
      const lost = { epoch: head.epoch, recovered: false, results: [], next_since: head.last, complete: true }
      if ((epoch ?? head.epoch) !== head.epoch || from > head.last || isForgotten(head, from)) return lost

      // One more than requested shows whether the page is the last.
      const bounds = { events: limit + 1, bytes: pageBytes }
      const { events: found, readTo } = await readMatching(
        database.reads,
        readableIn(rooms, rights),
        from,
        head.last,
        bounds,
      )
      // Checked now, because events may have been deleted from the log during the read.
      if (
        !(await recoverable(
          database.reads,
          head.epoch,
          { personId: person.id, keyId: key?.id },
          { since: from, epoch },
          head.last,
        ))
      )
        return lost
      const events = found.slice(0, limit)
      const complete = found.length <= limit && readTo === head.last
      return {
        epoch: head.epoch,
        recovered: true,
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

    roomMembers: async ({ person, key, isElsewhere }, { room, cursor, page_size }) => {
      const after = idIn(cursor)
      await admit(database, [room], await rightsOf(database, person, key), isElsewhere)
      const { count, results, last } = presence.page(room, after, page_size)
      return { count, next: last === null ? null : cursorAt(last), previous: null, results }
    },
  }
}
