import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { isLong } from '../support/long.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { concerns, createRights, isIn, readLog, type Row } from './oracle.ts'
import { createRandom, type Random } from './random.ts'
import { Watcher } from './watcher.ts'
import { accessActions, postActions, taskActions, type World } from './writers.ts'

/** Seeds that once found a fault stay here; FUZZ_SEED runs one more. */
const seeds = [1, ...(isLong ? [2, 3, 4] : []), ...(process.env.FUZZ_SEED ? [Number(process.env.FUZZ_SEED)] : [])]
const steps = Number(process.env.FUZZ_STEPS ?? (isLong ? 250 : 100))

/** Missed events come from memory or from the log: with little in memory, from both. */
const kinds = {
  'from memory': { recentEvents: 1_000 },
  'from the log': { recentEvents: 0 },
  'from both, and live ones through Socket.IO': { recentEvents: 40, directFrames: false },
}

for (const [kind, tuning] of Object.entries(kinds)) {
  describe(`delivery, compared with the log: missed events come ${kind}`, function () {
    this.timeout(120_000)
    let server: TestServer
    before(async () => void (server = await startServer({ tuning })))
    after(() => server.close())

    for (const seed of seeds) {
      it(`[EV1] loses nothing, repeats nothing and keeps the order, for clients that come and go (seed ${seed})`, async () => {
        await run(server, createRandom(seed), taskActions)
      })
      it(`[EV2] sends nobody what they may not see while rights change (seed ${seed})`, async () => {
        await run(server, createRandom(seed + 1_000), [...taskActions, ...accessActions, ...accessActions])
      })
    }
    it('[PO13] sends nobody another person’s drafts while clients come and go and rights change', async () => {
      await run(server, createRandom(2_001), [...postActions, ...accessActions, ...accessActions], 'posts')
    })
  })
}

async function run(server: TestServer, random: Random, actions: typeof taskActions, topic = 'tasks') {
  const people = [server.admin, ...(await Promise.all(['a', 'b', 'c', 'd', 'e'].map(name => server.user(name))))]
  for (const { person } of people.slice(1))
    await server.admin.rest('PUT', `/admin/users/${person.id}`, { permissions: ['events:publish'] })
  const world = await createWorld(people, random)
  const watchers = people.flatMap(client => [
    new Watcher(client, [topic], random.chance(0.3)),
    new Watcher(
      client,
      [topic, 'projects', ...random.some(world.projects).map(id => `project_${id}`)],
      random.chance(0.3),
    ),
  ])
  await Promise.all(watchers.map(watcher => watcher.connect()))

  for (let step = 0; step < steps; step++) {
    const writes = Array.from({ length: 1 + random.below(4) }, () => random.pick(actions)(random, world))
    const watcher = random.pick(watchers)
    const move = watcher.connected ? (random.chance(0.4) ? watcher.disconnect() : null) : watcher.connect()
    await Promise.all([...writes, move])
  }
  await Promise.all(watchers.filter(watcher => !watcher.connected).map(watcher => watcher.connect()))

  await eventually(async () => assert.deepEqual(await server.query('select from outbox'), []))
  const log = await readLog(server)
  const verdict = createRights(
    log,
    people.map(({ person }) => person.id),
    new Set([server.admin.person.id]),
  )
  for (const watcher of watchers) {
    const { id } = watcher.client.person
    const rows = log.filter(row => row.offset > watcher.startedAt)
    const inRooms = (row: Row) => [...watcher.rooms].some(room => isIn(row, room))
    const must = rows.filter(row => concerns(row, id) || (inRooms(row) && verdict(id, row).must))
    const mayRead = rows.filter(row => row.scope !== '-' && verdict(id, row).may)
    // What concerns the person comes from the connection on, which may be before the first join.
    const may = new Set([...log.filter(row => concerns(row, id)), ...mayRead].map(({ offset }) => offset))

    await eventually(() => assertGot(watcher, must, log), { within: 10_000, every: 100 })
    assert.equal(watcher.resets, 0)
    const offsets = offsetsOf(watcher, log)
    const backwards = offsets.findIndex((offset, nth) => nth > 0 && offset <= offsets[nth - 1]!)
    assert.equal(backwards, -1, `not in order, each once: ${stepsAround(watcher, offsets[backwards]!)}`)
    assert.deepEqual(
      offsets.filter(offset => !may.has(offset)),
      [],
      `strange events for ${watcher.client.email}`,
    )
  }
  for (const watcher of watchers) watcher.disconnect()
}

async function createWorld(people: Client[], random: Random): Promise<World> {
  const world: World = { people, projects: [], tasks: [], posts: [] }
  for (const owner of people.slice(1, 5)) {
    const visibility = random.pick(['private', 'internal'])
    const { body } = await owner.rest('POST', '/projects', { name: `of ${owner.email}`, visibility })
    world.projects.push(body.id)
    for (const member of random.some(people))
      await owner.rest('PUT', `/projects/${body.id}/members/${member.person.id}`, { role: 'editor' })
  }
  for (let n = 0; n < 20; n++) {
    const { body } = await random.pick(people).rest('POST', '/tasks', { title: `first ${n}` })
    world.tasks.push(body.id)
  }
  for (let n = 0; n < 5; n++) {
    const { body } = await random.pick(people).rest('POST', '/blog/posts', { title: `first ${n}` })
    world.posts.push(body.id)
  }
  return world
}

/** What a watcher received, as offsets of the log: a bulk message counts as several. */
function offsetsOf(watcher: Watcher, log: Row[]): number[] {
  return watcher.got.flatMap(({ name, offset, payload }) => {
    if (!name.startsWith('tasks_bulk')) return [offset]
    const ids = new Set<number>(
      name === 'tasks_bulk_updated' ? payload.tasks.map((task: any) => task.id) : payload.task_ids,
    )
    const kind = name === 'tasks_bulk_updated' ? 'task_updated' : 'task_deleted'
    return log
      .filter(
        row =>
          row.offset >= payload.first_offset &&
          row.offset <= offset &&
          row.event === kind &&
          ids.has(row.payload.task_id),
      )
      .map(row => row.offset)
  })
}

function assertGot(watcher: Watcher, must: Row[], log: Row[]) {
  const got = new Set(offsetsOf(watcher, log))
  const lost = must
    .filter(({ offset }) => !got.has(offset))
    .map(({ offset, event, scope }) => `${offset} ${event} ${scope}`)
  const where = `${watcher.client.email} in ${[...watcher.rooms].join()}`
  assert.deepEqual(lost, [], `${lost.length} of ${must.length} lost for ${where}`)
}

/** What a watcher received and did near the place where it went wrong. */
function stepsAround(watcher: Watcher, offset: number): string {
  const nth = watcher.story.findLastIndex(line => line.startsWith(`${offset} `))
  return watcher.story.slice(Math.max(0, nth - 12), nth + 8).join(', ')
}
