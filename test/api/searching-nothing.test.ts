import assert from 'node:assert/strict'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { addTask } from '../suites/answers.ts'
import { pdf, upload } from '../suites/media.ts'

describe('searches without a word', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
    await addTask(server.admin, { title: 'one' })
    await addTask(server.admin, { title: 'José' })
    for (const name of ['Ειρήνη', 'Ángel']) await expect(server.admin.rest('POST', '/projects', { name }), 201)
    const post = { title: 'ΔΡΟΜΟΣ', body: 'x', status: 'published' }
    await expect(server.admin.rest('POST', '/blog/posts', post), 201)
    const video = { title: '한국', url: 'https://example.com/a.mp4', visibility: 'internal' }
    await expect(server.admin.rest('POST', '/videos', video), 201)
    await expect(upload(server, server.admin, [{ content: pdf(), name: 'Rechnung_Größe.pdf' }]), 201)
    const { person } = await server.user('x')
    await server.query('update users set name = $1 where id = $2', ['José', person.id])
  })
  after(() => server.close())

  const count = async (path: string, search?: string) => {
    const query = search === undefined ? '' : `?search=${encodeURIComponent(search)}`
    return (await expect(server.admin.rest('GET', `${path}${query}`), 200)).body.count as number
  }

  for (const path of ['/tasks', '/projects', '/blog/posts', '/videos', '/blog/media', '/users', '/admin/users'])
    it(`[FD3] finds everything when there is no word in the search: ${path}`, async () => {
      const all = await count(path)
      assert.ok(all > 0)
      for (const search of ['', ' ', '\t', '%', '_', '!', '🎉', '—', '\u200b', "'"])
        assert.equal(await count(path, search), all, JSON.stringify(search))
      assert.equal(await count(path, '! nothingofthatkind'), 0)
    })

  for (const [path, ...searches] of [
    ['/tasks', 'JOSE', 'jose\u0301'],
    ['/users', 'jose', 'JOSÉ'],
    ['/admin/users', 'jose', 'JOSÉ'],
    ['/projects', 'ΕΙΡΗΝΗ', 'angel'],
    ['/blog/posts', 'δρόμος', 'δρομος'],
    ['/blog/media', 'grosse', 'GRÖẞE', 'rechnung gro'],
    ['/videos', '한국'.normalize('NFD'), '한국'],
  ])
    it(`[FD2] folds the words of a search: ${path}`, async () => {
      for (const search of searches) assert.equal(await count(path!, search), 1, search)
    })
})
