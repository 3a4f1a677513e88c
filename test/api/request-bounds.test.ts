import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { defaultRequestBounds } from '../../server/faces/rest/index.ts'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'

const few = { running: 2, perKey: 1, waiting: 10, waitingPerKey: 2 }

describe('bounds on the requests of one person and of one address', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  let cat: Client
  const connections: Socket[] = []
  before(async () => {
    server = await startServer({
      tuning: {
        requests: {
          ...defaultRequestBounds,
          people: few,
          unread: { ...few, running: Infinity },
          // The debt begins when the answer is made, and a slow client may still read it then.
          largeAnswers: { perSecond: 64 * 1024, atOnce: 8 * 1024 * 1024, mostDebtMs: 10_000 },
        },
        reading: { bytes: 64 * 1024, withinMs: 5_000 },
      },
    })
    ;[ann, bob, cat] = [await server.user('ann'), await server.user('bob'), await server.user('cat')]
    await server.query(
      `insert into tasks (title, description, category, position, created_by, updated_by)
       select 'long', repeat('x', 50000), 'long', n, $1, $1 from generate_series(1, 100) as n`,
      [ann.person.id],
    )
  })
  after(async () => {
    for (const connection of connections) connection.destroy()
    await server.close()
  })

  /** A request on a connection of its own, of which nothing is read. */
  function askUnread(text: string): Socket {
    const { hostname, port } = new URL(server.url)
    const connection = connect(Number(port), hostname)
    connections.push(connection)
    connection.on('error', () => {})
    connection.pause()
    connection.write(text)
    return connection
  }
  const unreadList = ({ token }: Client) =>
    askUnread(
      `GET /api/v1/tasks?category=long&page_size=100 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    )

  it('[TU1] [TU2] [TU5] counts an unread answer as a place of its person only, and gives it up after a time limit', async () => {
    const unread = unreadList(ann)
    // Its five megabytes exceed the buffers of the kernel: once it has begun to arrive, it holds Ann's only place.
    await once(unread, 'readable')
    const waiting = [0, 1].map(() => ann.rest('GET', '/auth/me'))
    let answered = 0
    for (const one of waiting) void one.then(() => answered++)
    const refused = await eventually(() => expect(ann.rest('GET', '/auth/me'), 429))
    refuses(refused, 'rate_limited')
    assert.ok(Number(refused.headers.get('retry-after')) >= 1)
    await expect(bob.rest('GET', '/auth/me'), 200)
    assert.equal(answered, 0)
    // Now the unread answer is given up, and its place is free.
    for (const one of waiting) await expect(one, 200)
    unread.destroy()
    await expect(ann.rest('GET', '/auth/me'), 200)
  })

  it('[TU26] keeps the place of a person whose large answers exceed the budget, and delays nobody else', async () => {
    const list = () => cat.rest('GET', '/tasks?category=long&page_size=100')
    // The budget applies only while somebody else has work too.
    const whileBobWorks = async (asked: Promise<unknown>) => {
      let isOver = false
      let answers = 0
      const done = asked.finally(() => (isOver = true))
      for (; !isOver; answers++) await expect(bob.rest('GET', '/auth/me'), 200)
      await done
      return answers
    }
    // The second list exceeds it.
    for (const _ of [1, 2]) await whileBobWorks(expect(list(), 200))
    const begun = performance.now()
    assert.ok((await whileBobWorks(expect(cat.rest('GET', '/auth/me'), 200))) > 1)
    // A place does not rest for longer than a second without a debt.
    assert.ok(performance.now() - begun > 1_500)
  })

  it('[TU20] lets bodies that do not arrive delay nobody else, and refuses a large body from a stranger', async () => {
    const slow = await Promise.all([server.user('slow-1'), server.user('slow-2')])
    const head = 'POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 70000\r\n'
    const unfinished = slow.map(({ token }) => askUnread(`${head}Authorization: Bearer ${token}\r\n\r\n{`))
    // The body holds its person's only place as soon as one of three other requests is refused.
    for (const one of slow)
      await eventually(async () => {
        const three = [0, 1, 2].map(() => one.rest('GET', '/auth/me'))
        assert.equal((await Promise.race(three)).status, 429)
      })
    await expect(bob.rest('GET', '/auth/me'), 200)
    for (const connection of unfinished) connection.destroy()
    for (const one of slow) await eventually(() => expect(one.rest('GET', '/auth/me'), 200))
    const { status } = await fetch(`${server.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: bob.email, password }).padEnd(70_000),
    })
    assert.equal(status, 413)
  })

  it('[TU8] refuses a body of more than 20,000 values before it parses it', async () => {
    const body = JSON.stringify({ title: 'x', many: Array.from({ length: 60_000 }, () => 0) })
    refuses(await ann.rest('POST', '/tasks', JSON.parse(body)), 'validation_error', ['body'])
    await expect(ann.rest('POST', '/tasks', { title: 'x', description: ',:[{"\\"'.repeat(5_000) }), 201)
  })

  it('[TU9] names only some of many unknown fields, and only the beginning of long names', async () => {
    const body = Object.fromEntries(Array.from({ length: 1_000 }, (_, nth) => [`k${nth}`, 0]))
    const many = await server.rest('POST', '/auth/login', body)
    refuses(many, 'validation_error')
    assert.equal(Object.keys(many.body.error.field_errors).length, 101)
    assert.match(many.body.error.field_errors['…'][0], /more fields/)
    refuses(await server.rest('POST', '/auth/login', { ...body, onemore: 0 }), 'validation_error', ['body'])
    const name = 'x'.repeat(500_000)
    const long = await server.rest('POST', '/auth/login', { [name]: 0, [`${name}y`]: 0 })
    assert.ok(JSON.stringify(long.body).length < 2_000, JSON.stringify(long.body).slice(0, 3_000))
  })

  it('[HL5] shares one health check between simultaneous requests, also while no connection is free', async () => {
    // The table of tasks is locked: each of these keeps one of the pool's connections.
    const holder = await openConnection(server.databaseUrl)
    await holder.query('begin; lock table tasks in access exclusive mode')
    const people = await Promise.all(Array.from({ length: 16 }, (_, nth) => server.user(`crowd-${nth}`)))
    const lists = people.map(one => one.rest('GET', '/tasks'))
    const answers = await Promise.all(Array.from({ length: 50 }, () => server.rest('GET', '/health/ready')))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    await holder.end()
    await Promise.all(lists)
  })
})
