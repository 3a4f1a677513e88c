import type { Room, eventLog } from '../../../contract/index.ts'
import { type Audience, type Command, inProject, inTopic, person, type Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { invalid, notFound } from '../../kernel/errors.ts'
import { admit, rightsOf } from './rooms.policy.ts'

/** Who gets what is published to a room: those who get everything else there. @throws AppError `validation_error` */
function audienceOf(room: Room): Audience {
  switch (room.kind) {
    case 'project':
      return inProject(room.id)
    case 'user':
      return person(room.id)
    case 'topic':
      return inTopic(room.name)
    case 'admin':
      throw invalid({ room: 'takes no application events' })
  }
}

/** An administrator may join the room of anybody; nobody would notice that there is no such person. */
async function assertPerson(tx: Tx, room: Room): Promise<void> {
  if (room.kind !== 'user') return
  const found = await tx.query({ text: 'select from users where id = $1', values: [room.id] })
  if (found.length === 0) throw notFound()
}

/**
 * Publishes events of applications, to rooms that the caller may join. They are recorded like any other event, so live
 * delivery, resume, `GET /events` and webhooks have them.
 */
export const createPublish =
  ({ command }: { command: Command }): Handlers<typeof eventLog>['publish'] =>
  (scope, { room: roomName, name, data = null }) =>
    command(scope, async tx => {
      // Without the key: it may publish to rooms that it may not read.
      const rights = await rightsOf(tx, scope.person)
      const [room] = (await admit(tx, [roomName], rights, scope.isElsewhere)) as [Room]
      await assertPerson(tx, room)
      const event = { name, data, published_by: scope.person.id }
      tx.record(name, event, audienceOf(room))
      return { ...event, room: roomName, at: tx.now }
    })
