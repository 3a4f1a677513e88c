import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

describe('people', () => {
  let server: TestServer
  let ann: Client
  let gone: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
    gone = await server.user('gone')
    for (const name of ['Zoë 100%', 'zoe 1', 'zoe_1x', 'Zoe 2', 'a\\b']) {
      const { person } = await server.user('z')
      await server.query('update users set name = $1 where id = $2', [name, person.id])
    }
    await server.query('update users set is_active = false where id = $1', [gone.person.id])
  })
  after(() => server.close())

  const names = async (query: string) => {
    const { body } = await expect(ann.rest('GET', `/users?${query}`), 200)
    return body.results.map((person: { name: string }) => person.name)
  }

  it('[AC24] refuses to show people to a caller who is not signed in', async () => {
    for (const path of ['/users', `/users/${ann.person.id}`]) {
      assert.equal((await server.rest('GET', path)).body.error.code, 'unauthenticated')
    }
  })

  it('[AC24] shows only id, username and name (attack 30)', async () => {
    const { body } = await expect(ann.rest('GET', `/users/${server.admin.person.id}`), 200)
    assert.deepEqual(body, { id: server.admin.person.id, username: 'admin', name: 'Admin' })
    const list = await expect(ann.rest('GET', '/users'), 200)
    for (const person of list.body.results) assert.deepEqual(Object.keys(person), ['id', 'username', 'name'])
  })

  it('[AC24] finds people by a part of their name or username, in any case', async () => {
    assert.deepEqual(await names('search=ZOE%20'), ['zoe 1', 'Zoe 2', 'zoe_1x', 'Zoë 100%'])
    assert.deepEqual(await names(`search=${encodeURIComponent('zoë 2')}`), ['Zoe 2'])
    assert.deepEqual(await names(`search=${ann.person.username.toUpperCase().slice(1)}`), ['ann'])
  })

  for (const [typed, found] of Object.entries({
    '0%': ['Zoë 100%'],
    e_1: ['zoe 1', 'zoe_1x', 'Zoë 100%'],
    'A\\b': ['a\\b'],
  })) {
    it(`[AC24] finds people whose name contains ${typed}, and treats no character as a wildcard`, async () => {
      assert.deepEqual(await names(`search=${encodeURIComponent(typed)}`), found)
    })
  }

  it('[AC24] leaves disabled people out of searches, but returns them by path and by ?id=', async () => {
    assert.deepEqual(await names('search=gone'), [])
    const { body } = await expect(ann.rest('GET', `/users/${gone.person.id}`), 200)
    assert.equal(body.name, 'gone')
    assert.deepEqual(await names(`id=${gone.person.id}&id=${ann.person.id}&id=999999`), ['ann', 'gone'])
  })

  it('[AC24] answers 404 for a person who does not exist', async () => {
    assert.equal((await ann.rest('GET', '/users/999999')).status, 404)
    assert.equal((await ann.rest('GET', '/users/me')).status, 400)
  })

  it('[AC24] pages by number and by cursor in the same order', async () => {
    const { body } = await expect(ann.rest('GET', '/users?page_size=100'), 200)
    assert.equal(body.count, body.results.length)
    const walked: unknown[] = []
    for (let path: string | null = '/users?cursor=&page_size=2'; path;) {
      const page: { body: typeof body } = await expect(ann.rest('GET', path.replace('/api/v1', '')), 200)
      walked.push(...page.body.results)
      path = page.body.next
    }
    assert.deepEqual(walked, body.results)
  })
})
