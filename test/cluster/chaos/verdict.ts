import assert from 'node:assert/strict'
import { concerns, createRights, isIn } from '../../fuzz/oracle.ts'
import { eventually } from '../../support/eventually.ts'
import type { Follower } from '../follower.ts'
import { messageOf } from '../message.ts'
import { compare, type Difference, isClean, type LoggedRow, owedTo, readWholeLog, summary } from '../oracle.ts'
import { isAcknowledged } from '../settle.ts'
import type { Stage } from '../stage.ts'
import { judgePresence } from './after.ts'
import type { Crowd, Person, World } from './world.ts'
import type { Done } from './writers.ts'

export interface Verdict {
  /** What was promised and not kept, in words. */
  violations: Record<'delivery' | 'writes' | 'processes' | 'presence' | 'memory', string[]>
  events: number
  lost: number
  doubled: number
  disordered: number
  strange: number
}

/** Once all is well again: what every client was told against the log, and the log against what was acknowledged. */
export async function judge(stage: Stage, world: World, crowd: Crowd, done: Done[]): Promise<Verdict> {
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
      // What comes last may still be on its way.
      await eventually(() => assert.ok(isClean(look())), { within: 20_000, every: 200 }).catch(() => {})
      const difference = look()
      if (!isClean(difference))
        delivery.push(`${tellWho(follower, person)}: ${summary(difference)}; ${tellHow(follower, log)}`)
      delivery.push(...follower.oddities.map(oddity => `${follower.name}: ${oddity}`))
      for (const kind of Object.keys(sums) as (keyof Difference)[]) sums[kind].push(...difference[kind])
    }),
  )
  const counts = Object.fromEntries(Object.entries(sums).map(([kind, offsets]) => [kind, offsets.length]))
  return {
    violations: { delivery, writes, processes: [], presence: await judgePresence(stage, crowd), memory: [] },
    events: log.length,
    ...(counts as Record<keyof Difference, number>),
  }
}

const tellWho = (follower: Follower, { account }: Person) =>
  `${follower.name} (${account.email}${follower.bulk ? ', bulk' : ''}) in ${[...follower.rooms].join()}`

const tellHow = ({ at, got }: Follower, log: LoggedRow[]) =>
  `at ${at?.name ?? 'no instance'}, heard up to ${got.at(-1)?.offset} of ${log.at(-1)?.offset}`

/** Without a word to anybody for so long, nothing more is on its way. */
const quietMs = 5_000

/**
 * Waits until nobody is told anything any more. Looking costs nothing, while comparing keeps this process too busy to
 * hear: whoever was away for minutes is told thousands of things.
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

/** Every acknowledged write is in the log once, every refused one not at all, and nothing else is. */
function judgeWrites(log: LoggedRow[], done: Done[]): string[] {
  const violations = done.flatMap(({ oddities }) => oddities)
  const rows = Map.groupBy(log, row => row.mutation_id)
  for (const operation of done) {
    const found = rows.get(operation.key) ?? []
    const effects = new Set(found.map(({ command }) => command)).size
    const wanted = isAcknowledged(operation) ? 1 : 0
    const right = effects === wanted || (operation.mayBeNothing && effects === 0)
    if (!right) violations.push(`${effects} effects of ${operation.key}: ${JSON.stringify(operation.attempts)}`)
    const told: number | undefined = operation.body?.updated_count ?? operation.body?.deleted_count
    if (wanted && told !== undefined && told !== found.length)
      violations.push(`${operation.key} told of ${told} tasks, the log has ${found.length}`)
    rows.delete(operation.key)
  }
  rows.delete(null)
  for (const key of rows.keys()) violations.push(`${key} is in the log, and nobody has its answer`)
  return violations
}

/** The tables say the same as the last word of the log. */
async function judgeTasks(stage: Stage): Promise<string[]> {
  const rows = await stage.query<{ id: string }>(`
    with last as (
      select distinct on (id) id, event, version from (
        select coalesce((payload -> 'task' ->> 'id'), payload ->> 'task_id')::bigint as id, "offset", event,
          coalesce(payload -> 'task' ->> 'version', payload ->> 'version')::bigint as version
        from event_log where starts_with(event, 'task_') and event <> 'task_removed') told
      order by id, "offset" desc)
    select coalesce(tasks.id, last.id) as id from tasks full join last on last.id = tasks.id and event <> 'task_deleted'
    where (tasks.id is null and event <> 'task_deleted') or last.id is null or tasks.version <> last.version`)
  return rows.map(({ id }) => `task ${id} is not as the log tells`)
}

/** For people whose rights change: what they must have been told, and what they may. */
function createMovingJudge(log: LoggedRow[], { people, admin, probe }: World) {
  const ids = [...people, admin, probe.person].map(({ account }) => account.person.id)
  const rights = createRights(log, ids, new Set([admin.account.person.id]))
  const byOffset = new Map(log.map(row => [row.offset, row]))

  return ({ got, rooms, startedAt }: Follower, { account }: Person): Difference => {
    const { id } = account.person
    const inRooms = (row: LoggedRow) => [...rooms].some(room => isIn(row, room))
    const had = new Set<number>()
    const difference: Difference = { lost: [], doubled: [], disordered: [], strange: [] }
    let highest = 0
    for (const message of got) {
      const row = byOffset.get(message.offset)
      const allowed = row && (concerns(row, id) || (row.scope !== '-' && rights(id, row).may))
      if (!allowed || messageOf(row.event, wireOf(row)).digest !== message.digest)
        difference.strange.push(message.offset)
      if (had.has(message.offset)) difference.doubled.push(message.offset)
      else if (message.offset < highest) difference.disordered.push(message.offset)
      had.add(message.offset)
      highest = Math.max(highest, message.offset)
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
