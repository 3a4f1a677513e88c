import assert from 'node:assert/strict'
import { io } from 'socket.io-client'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, refuses } from '../suites/answers.ts'
import { join, listen } from '../suites/sockets.ts'

const single = ['user_joined', 'user_left', 'presence_changed']
/** A state of 1 KiB as JSON. */
const heavy = { text: 'x'.repeat(1_013) }

describe('large rooms', () => {
  let server: TestServer
  let ann: Client
  let people: Client[]
  before(async function () {
    this.timeout(120_000)
    server = await startServer({
      env: { MAX_SOCKETS_PER_USER: '500' },
      tuning: { roomSizes: { above: 3, below: 3, stayMs: 0 } },
    })
    ann = await server.user('ann')
    people = await Promise.all(Array.from({ length: 11 }, (_, nth) => server.user(`person${nth}`)))
  })
  after(() => server.close())

  /** A room of its own for each test, with ann in it, and `count` others who may come. */
  const scene = async (count: number) => {
    const project = await addProject(ann)
    const room = `project_${project.id}`
    for (const person of people.slice(0, count)) await addMember(ann, project, person, 'viewer')
    const enter = async (client: Client) => {
      const tab = await listen(client)
      return { ...tab, answer: await join(tab.socket, [room]) }
    }
    const watcher = await enter(ann)
    const page = async (query = '') => (await expect(ann.rest('GET', `/rooms/${room}/members${query}`), 200)).body
    return { project, room, watcher, enter, page }
  }

  it('[PR15] send single changes and no counts up to the bound', async () => {
    const { room, watcher, enter } = await scene(2)
    const tabs = [await enter(people[0]!), await enter(people[1]!)]
    assert.deepEqual(tabs[1]!.answer.member_counts, { [room]: 3 })
    assert.equal(tabs[1]!.answer.members[room].length, 3)
    tabs[0]!.socket.disconnect()
    await eventually(() => assert.equal(watcher.of('user_left').length, 1), { within: 4_000 })
    assert.equal(watcher.of('user_joined').length, 2)
    assert.deepEqual(watcher.of('presence_count', 'presence_members'), [])
  })

  it('[PR15] send counts in place of single changes above the bound', async () => {
    const { room, watcher, enter } = await scene(8)
    for (const person of people.slice(0, 3)) await enter(person)
    await eventually(() => assert.deepEqual(watcher.of('presence_count').at(-1), { room, count: 4 }))
    const before = watcher.of(...single).length
    for (const person of people.slice(3, 8)) {
      const { socket } = await enter(person)
      await socket.emitWithAck('presence_set', { room, state: { editing: 1 } })
    }
    await eventually(() => assert.deepEqual(watcher.of('presence_count').at(-1), { room, count: 9 }))
    assert.equal(watcher.of(...single).length, before)
  })

  it('[PR15] send counts to a client that polls', async () => {
    const { room, enter } = await scene(4)
    for (const person of people.slice(0, 3)) await enter(person)
    const counts: unknown[] = []
    const polling = io(server.url, { auth: { token: people[3]!.token }, transports: ['polling'], forceNew: true })
    polling.on('presence_count', ({ count }) => counts.push(count))
    await join(polling, [room])
    await eventually(() => assert.equal(counts.at(-1), 5))
    polling.disconnect()
  })

  it('[PR16] answer a join of six of them with at most 64 KiB, oneself in each, whatever the states', async () => {
    const rooms = ['tasks', 'projects', 'media', 'posts', 'videos', 'flags']
    const sockets = []
    for (const person of people) {
      const { socket } = await listen(person)
      await join(socket, rooms)
      for (const room of rooms)
        assert.equal((await socket.emitWithAck('presence_set', { room, state: heavy })).ok, true)
      sockets.push(socket)
    }
    const { socket } = await listen(ann)
    const answer = await join(socket, rooms)
    const bytes = Buffer.byteLength(JSON.stringify(answer))
    assert.ok(bytes <= 64 * 1024 && bytes > 32 * 1024, String(bytes))
    for (const room of rooms) {
      assert.equal(answer.member_counts[room], 12)
      assert.deepEqual(answer.members[room][0], { user_id: ann.person.id, state: {} })
      assert.deepEqual(answer.members[room][1].state, heavy)
    }
    for (const one of [socket, ...sockets]) one.disconnect()
  })

  it('[PR17] send everybody once when they are no longer large, and then single changes', async () => {
    const { room, watcher, enter } = await scene(4)
    const tabs = []
    for (const person of people.slice(0, 4)) tabs.push(await enter(person))
    await tabs[0]!.socket.emitWithAck('presence_set', { room, state: { editing: 7 } })
    await eventually(() => assert.deepEqual(watcher.of('presence_count').at(-1), { room, count: 5 }))
    for (const { socket } of tabs.slice(1)) await socket.emitWithAck('leave_room', { room })
    await eventually(() => assert.equal(watcher.of('presence_members').length, 1))
    const members = [
      { user_id: ann.person.id, state: {} },
      { user_id: people[0]!.person.id, state: { editing: 7 } },
    ]
    assert.deepEqual(watcher.of('presence_members'), [{ room, members }])
    await enter(people[1]!)
    await eventually(() => assert.equal(watcher.heard.at(-1)?.name, 'user_joined'))
    assert.equal(watcher.heard.at(-1)?.payload.user_id, people[1]!.person.id)
  })

  it('[PR8] count an expelled person no more', async () => {
    const { project, room, watcher, enter, page } = await scene(4)
    for (const person of people.slice(0, 4)) await enter(person)
    await eventually(() => assert.deepEqual(watcher.of('presence_count').at(-1), { room, count: 5 }))
    const gone = people[0]!.person.id
    await expect(ann.rest('DELETE', `/projects/${project.id}/members/${gone}`), 204)
    await eventually(() => assert.deepEqual(watcher.of('presence_count').at(-1), { room, count: 4 }))
    assert.ok((await page()).results.every(({ user_id }: any) => user_id !== gone))
    const { answer } = await enter(people[1]!)
    assert.ok(answer.members[room].every(({ user_id }: any) => user_id !== gone))
  })

  it('[PR18] list people page by page: whoever stays exactly once, while others come and go', async () => {
    const { room, enter, page } = await scene(11)
    const tabs = []
    for (const person of people.slice(0, 9)) tabs.push(await enter(person))
    const seen: number[] = []
    let answer = await page('?page_size=2')
    assert.equal(answer.count, 10)
    for (let nth = 0; ; nth++) {
      seen.push(...answer.results.map(({ user_id }: any) => user_id))
      if (answer.next === null) break
      if (nth === 0) await tabs[0]!.socket.emitWithAck('leave_room', { room })
      if (nth === 1) await enter(people[0]!)
      if (nth === 2) await enter(people[9]!)
      answer = await page(answer.next.slice(answer.next.indexOf('?')))
    }
    assert.equal(new Set(seen).size, seen.length)
    const stayed = [ann, ...people.slice(1, 9)].map(({ person }) => person.id)
    assert.deepEqual(
      stayed.filter(id => !seen.includes(id)),
      [],
    )
  })

  it('[PR18] give all people of a small room in one answer, and refuse cursors of other lists', async () => {
    const { room, page, enter } = await scene(1)
    await enter(people[0]!)
    const { next, previous, count, results } = await page()
    assert.deepEqual([next, previous, count, results.length], [null, null, 2, 2])
    const { body } = await expect(ann.rest('GET', '/projects?cursor=&page_size=1'), 200)
    const foreign = new URL(body.next, server.url).searchParams.get('cursor')
    const at = (query: string) => ann.rest('GET', `/rooms/${room}/members?${query}`)
    refuses(await at(`cursor=${encodeURIComponent(foreign!)}`), 'validation_error', ['cursor'])
    refuses(await at('page_size=501'), 'validation_error', ['page_size'])
  })
})
