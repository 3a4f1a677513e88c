import assert from 'node:assert/strict'
import { concerns, createRights, isIn } from '../../fuzz/oracle.ts'
import { eventually } from '../../support/eventually.ts'
import type { Follower } from '../follower.ts'
import { messageOf } from '../message.ts'
import { compare, type Difference, isClean, type LoggedRow, owedTo, readWholeLog, summary } from '../oracle.ts'
import { isAcknowledged } from '../settle.ts'
import type { Stage } from '../stage.ts'
import { judgePresence } from './after.ts'
import type { startLeavers } from './leavers.ts'
import type { startWebhooks } from './webhooks.ts'
import type { Crowd, Person, World } from './world.ts'
import type { Done } from './writers.ts'

export interface Verdict {
  /** Broken promises, in words. */
  violations: Record<'delivery' | 'ends' | 'writes' | 'webhooks' | 'processes' | 'presence' | 'memory', string[]>
  events: number
  lost: number
  doubled: number
  disordered: number
  strange: number
}

/** Those who are judged by the log too. */
interface Others {
  webhooks: Awaited<ReturnType<typeof startWebhooks>>
  leavers: Awaited<ReturnType<typeof startLeavers>>
}

/** Once everything works again: compares what every client received with the log, and the log with the acknowledged writes. */
export async function judge(
  stage: Stage,
  world: World,
  crowd: Crowd,
  done: Done[],
  { webhooks, leavers }: Others,
): Promise<Verdict> {
  await eventually(async () => assert.deepEqual(await stage.query('select from outbox'), []), { within: 30_000 })
  const log = await readWholeLog(stage)
  const writes = [...judgeWrites(log, done), ...(await judgeTasks(stage))]
  const delivery: string[] = []
  const sums: Difference = { lost: [], doubled: [], disordered: [], strange: [] }
  const judgeMoving = createMovingJudge(log, world)

  await becomeQuiet(crowd)
  await Promise.all(
    crowd.all.map(async ({ follower, person }) => {
      const owed = person.moving ? null : owedTo(follower, log, person.readable)
      const look = () => (owed ? compare(follower.got, owed) : judgeMoving(follower, person))
      // The last events may still be on their way.
      await eventually(() => assert.ok(isClean(look())), { within: 20_000, every: 200 }).catch(() => {})
      const difference = look()
      if (!isClean(difference))
        delivery.push(
          `${nameOf(follower, person)}: ${summary(difference)}; ${positionOf(follower, log)}${copiesOf(follower, difference)}`,
        )
      delivery.push(...follower.oddities.map(oddity => `${follower.name}: ${oddity}`))
      for (const kind of Object.keys(sums) as (keyof Difference)[]) sums[kind].push(...difference[kind])
    }),
  )
  const counts = Object.fromEntries(Object.entries(sums).map(([kind, offsets]) => [kind, offsets.length]))
  return {
    violations: {
      delivery,
      ends: leavers.judge(log),
      writes,
      webhooks: await webhooks.judge(log, judgeMoving),
      processes: [],
      presence: await judgePresence(stage, crowd),
      memory: [],
    },
    events: log.length,
    ...(counts as Record<keyof Difference, number>),
  }
}

const nameOf = (follower: Follower, { account }: Person) =>
  `${follower.name} (${account.email}${follower.bulk ? ', bulk' : ''}) in ${[...follower.rooms].join()}`

const positionOf = ({ at, got }: Follower, log: LoggedRow[]) =>
  `at ${at?.name ?? 'no instance'}, heard up to ${got.at(-1)?.offset} of ${log.at(-1)?.offset}`

/** Of the first doubled message all copies: where, when, and what came just before. */
function copiesOf({ got }: Follower, { doubled: [first] }: Difference): string {
  if (first === undefined) return ''
  const copies = got.flatMap(({ offset, via, early, heardAt }, nth) =>
    offset === first
      ? [
          `${via}${early ? ' early' : ''} at ${Math.round(heardAt)} ms after ${got[nth - 1]?.offset} by ${got[nth - 1]?.via}`,
        ]
      : [],
  )
  return `; ${first} came ${copies.join(', and ')}`
}

/** When no client has received anything for this long, nothing more is on its way. */
const quietMs = 5_000

/**
 * Waits until no client receives anything more. Counting is cheap, while comparing keeps this process too busy to
 * receive: a client that was away for minutes receives thousands of events.
 */
async function becomeQuiet({ all }: Crowd): Promise<void> {
  const heard = () => all.reduce((sum, { follower }) => sum + follower.got.length, 0)
  let before = -1
  await eventually(
    () => {
      const now = heard()
      const isQuiet = now === before
      before = now
      assert.ok(isQuiet)
    },
    { within: 180_000, every: quietMs },
  )
}

/** Checks that every acknowledged write is in the log once, every refused one is not, and nothing else is. */
function judgeWrites(log: LoggedRow[], done: Done[]): string[] {
  const violations = done.flatMap(({ oddities }) => oddities)
  const rows = Map.groupBy(log, row => row.mutation_id)
  for (const operation of done) {
    const found = rows.get(operation.key) ?? []
    const effects = new Set(found.map(({ command }) => command)).size
    const wanted = isAcknowledged(operation) ? 1 : 0
    const right = effects === wanted || (operation.mayBeNothing && effects === 0)
    if (!right) violations.push(`${effects} effects of ${operation.key}: ${JSON.stringify(operation.attempts)}`)
    const counted: number | undefined = operation.body?.updated_count ?? operation.body?.deleted_count
    if (wanted && counted !== undefined && counted !== found.length)
      violations.push(`${operation.key} reported ${counted} tasks, the log has ${found.length}`)
    rows.delete(operation.key)
  }
  rows.delete(null)
  for (const key of rows.keys()) violations.push(`${key} is in the log, and nobody has its answer`)
  return violations
}

/** Checks that the tables match the last events of the log. */
async function judgeTasks(stage: Stage): Promise<string[]> {
  const rows = await stage.query<{ id: string }>(`
    with last as (
      select distinct on (id) id, event, version from (
        select coalesce((payload -> 'task' ->> 'id'), payload ->> 'task_id')::bigint as id, "offset", event,
          coalesce(payload -> 'task' ->> 'version', payload ->> 'version')::bigint as version
        from event_log where starts_with(event, 'task_') and event <> 'task_removed') reported
      order by id, "offset" desc)
    select coalesce(tasks.id, last.id) as id from tasks full join last on last.id = tasks.id and event <> 'task_deleted'
    where (tasks.id is null and event <> 'task_deleted') or last.id is null or tasks.version <> last.version`)
  return rows.map(({ id }) => `task ${id} differs from the log`)
}

export type Judge = ReturnType<typeof createMovingJudge>

/** For people whose rights change: which events they must have received, and which they may have received. */
function createMovingJudge(log: LoggedRow[], { people, admin, probe }: World) {
  const ids = [...people, admin, probe.person].map(({ account }) => account.person.id)
  const rights = createRights(log, ids, new Set([admin.account.person.id]))
  const byOffset = new Map(log.map(row => [row.offset, row]))

  return ({ got, rooms, startedAt }: Follower, { account }: Person): Difference => {
    const { id } = account.person
    const inRooms = (row: LoggedRow) => [...rooms].some(room => isIn(row, room))
    const had = new Set<number>()
    /** What came before a join was answered, and may be replayed. */
    const early = new Set<number>()
    const difference: Difference = { lost: [], doubled: [], disordered: [], strange: [] }
    let highest = 0
    for (const message of got) {
      const row = byOffset.get(message.offset)
      const allowed = row && (concerns(row, id) || (row.scope !== '-' && rights(id, row).may))
      if (!allowed || messageOf(row.event, wireOf(row)).digest !== message.digest)
        difference.strange.push(message.offset)
      if (had.has(message.offset) && !early.has(message.offset)) difference.doubled.push(message.offset)
      else if (message.offset < highest && !message.early && !early.has(message.offset))
        difference.disordered.push(message.offset)
      had.add(message.offset)
      if (message.early) early.add(message.offset)
      else highest = Math.max(highest, message.offset)
    }
    difference.lost = log
      .filter(row => row.offset > startedAt && !had.has(row.offset))
      .filter(row => concerns(row, id) || (inRooms(row) && rights(id, row).must))
      .map(({ offset }) => offset)
    return difference
  }
}

const wireOf = (row: LoggedRow) => ({
  ...row.payload,
  offset: row.offset,
  at: row.at,
  ...(row.mutation_id !== null && { mutation_id: row.mutation_id }),
})
