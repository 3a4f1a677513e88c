import assert from 'node:assert/strict'
import Router from '@koa/router'
import { type Operation, operations } from '../../contract/index.ts'
import { IndexedRouter } from '../../server/faces/rest/indexed-router.ts'

const routes = Object.values(operations)
  .flatMap(set => Object.values(set) as Operation[])
  .flatMap(operation => [operation, ...(operation.aliases ?? [])])
const router = new IndexedRouter({ sensitive: true })
for (const { method, path } of routes) router[method]([`/api/v1${path}`, `/api${path}`], () => {})
router.get(['/openapi.json', '/scim/v2/Users/:id'], () => {})

/** A path of each route, in spellings that lead there and others that lead nowhere. */
const paths = [...new Set(routes.map(({ path }) => path.replaceAll(/:\w+/g, '7')))].flatMap(path => [
  `/api/v1${path}`,
  `/api${path}`,
  `/api/v1${path}/`,
  `/api/v1${path}//`,
  `/api/v1/${path}`,
  `/api/v1${path}/more`,
  `/API/v1${path}`,
  `/api/v1${path.toUpperCase()}`,
  `/api/v1${path.replace(/^\/(.)/, (_, letter: string) => `/%${letter.charCodeAt(0).toString(16)}`)}`,
])
const others = [
  '/',
  '',
  '/api',
  '/api/',
  '/api/v1',
  '/api/v1/',
  '//api/v1/tasks',
  '/openapi.json',
  '/openapi.json/',
  '/scim/v2/Users/7',
  '/scim/v2',
]

describe('the router', () => {
  it('[HT1] finds the routes that trying all of them would find', () => {
    let found = 0
    for (const path of [...paths, ...others]) {
      for (const method of ['GET', 'HEAD', 'POST', 'PATCH', 'OPTIONS']) {
        const expected = Router.prototype.match.call(router, path, method)
        assert.deepEqual(router.match(path, method), expected, `${method} ${path}`)
        if (expected.route) found++
      }
    }
    assert.ok(found > 500, String(found))
  })

  it('[HT1] refuses a route that it would not find by its first segments', () => {
    const odd = new IndexedRouter()
    assert.throws(() => odd.get('/api/v1/:anything', () => {}), /fixed segments/)
  })
})
