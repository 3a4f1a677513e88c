import assert from 'node:assert/strict'
import { dottedNames } from '../../../contract/index.ts'
import type { Random } from '../../fuzz/random.ts'
import { register, type Receiver, startReceiver } from '../../suites/webhook-receiver.ts'
import { eventually } from '../../support/eventually.ts'
import type { Follower } from '../follower.ts'
import { messageOf } from '../message.ts'
import { compare, type LoggedRow, owedTo, summary } from '../oracle.ts'
import type { Stage } from '../stage.ts'
import type { Judge } from './verdict.ts'
import type { Person, World } from './world.ts'

/** A webhook for everything that its owner may read. */
interface Watcher {
  name: string
  person: Person
  id: number
  ordered: boolean
  receiver: Receiver
  startedAt: number
}

const eventOf = new Map(Object.entries(dottedNames).map(([event, name]) => [name, event]))
/** A delivery of a killed instance is taken by another after 30 s. */
const patienceMs = 60_000

/** Webhooks of people whose rights stay, of one whose rights change, and of an administrator; receivers fail at times. */
export async function startWebhooks(stage: Stage, { people, admin }: World, random: Random) {
  const [first] = stage.instances as [(typeof stage.instances)[0]]
  const steady = people.filter(({ moving }) => !moving)
  const kinds: [Person, boolean][] = [
    [steady[0]!, false],
    [steady[1]!, true],
    [admin, false],
    [people.find(({ moving }) => moving)!, false],
  ]
  const watchers = await Promise.all(
    kinds.map(async ([person, ordered], nth): Promise<Watcher> => {
      const receiver = await startReceiver(
        (_, response) => void response.writeHead(random.chance(0.1) ? 503 : 204).end(),
      )
      const { id } = await register(person.account.at(first), receiver.url, ['*'], { ordered })
      const [row] = await stage.query<{ position: number }>(
        `select position::float8 as position from webhook_places where webhook_id = ${id}`,
      )
      return { name: `webhook ${nth}`, person, id, ordered, receiver, startedAt: row!.position }
    }),
  )
  return {
    /** Waits until everything has been sent, and compares what was received with the log. @returns broken promises */
    judge: async (log: LoggedRow[], judgeMoving: Judge): Promise<string[]> => {
      const received = () => watchers.reduce((sum, { receiver }) => sum + receiver.got.length, 0)
      const allSent = async () => {
        const [row] = await stage.query<{ open: number }>(`
          select (select count(*) from webhook_deliveries where status = 'pending')::int
            + (select count(*) from webhook_places where position < (select last from log_head))::int as open`)
        assert.equal(row!.open, 0)
      }
      // A webhook in order gets one message after another: it is waited for while something comes.
      for (let before = -1; before < received();) {
        before = received()
        const done = await eventually(allSent, { within: patienceMs, every: 500 }).then(
          () => true,
          () => false,
        )
        if (done) break
      }
      return watchers.flatMap(watcher => violationsOf(watcher, log, judgeMoving))
    },
    stop: () => Promise.all(watchers.map(({ receiver }) => receiver.close())),
  }
}

function violationsOf(watcher: Watcher, log: LoggedRow[], judgeMoving: Judge): string[] {
  const { name, person, ordered, receiver, startedAt } = watcher
  const ids = new Map<number, Set<string>>()
  // A message may come several times.
  // What the server did by itself since the log was read, such as an alert, is not judged.
  const end = log.at(-1)?.offset ?? 0
  const fresh = receiver.got.filter(({ id: messageId, message: { offset } }) => {
    if (offset > end) return false
    const known = ids.get(offset)
    ids.set(offset, (known ?? new Set()).add(messageId))
    return known === undefined
  })
  const { id } = person.account.person
  const got = fresh.map(({ message }) => messageOf(eventOf.get(message.type) ?? message.type, message.data))
  const rooms = new Set(['tasks', 'projects', `user_${id}`, ...(person.readable === 'all' ? ['admin'] : [])])
  const follower = {
    got,
    rooms,
    bulk: false,
    startedAt,
    session: { visitor: { person: { id } } },
  } as unknown as Follower
  const inOrder = got.toSorted((a, b) => a.offset - b.offset)
  const { lost, strange } = person.moving
    ? { ...judgeMoving({ ...follower, got: inOrder }, person), lost: [] }
    : compare(inOrder, owedTo(follower, log, person.readable))
  const difference = { lost, doubled: [], disordered: [], strange }
  const chain = fresh.map(({ message }) => message).toSorted((a, b) => a.offset - b.offset)
  const holes = chain.filter(({ previous_offset: before }, nth) => before !== (chain[nth - 1]?.offset ?? 0))
  return [
    ...(lost.length + strange.length > 0 ? [`${name}: ${summary(difference)}`] : []),
    ...[...ids].filter(([, its]) => its.size > 1).map(([offset]) => `${name}: several ids for ${offset}`),
    ...(ordered && got.some(({ offset }, nth) => offset < (got[nth - 1]?.offset ?? 0))
      ? [`${name}: out of order`]
      : []),
    // What a person lost the right to before it was sent is a hole, rightly.
    ...(!person.moving && holes.length > 0 ? [`${name}: a hole before ${holes[0]!.offset}`] : []),
  ]
}
