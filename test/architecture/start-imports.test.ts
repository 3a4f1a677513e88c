import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const app = new URL('../../server/app.ts', import.meta.url).href
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Prints the name of every package of which something is loaded with the server. */
const listPackages = `
  import { registerHooks } from 'node:module'
  const packages = new Set()
  registerHooks({
    load(url, context, next) {
      const [, name] = /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? []
      if (name) packages.add(name)
      return next(url, context)
    },
  })
  await import(${JSON.stringify(app)})
  console.log(JSON.stringify([...packages]))
  process.exit()`

const needless =
  /^(@mikro-orm\/(migrations|postgresql|sql)|kysely|ioredis|nodemailer|@aws-sdk\/.*|openid-client|jose|@opentelemetry\/(?!api$).*|sharp|vite|file-type)$/

describe('a start', () => {
  it('[AR10] loads only what every server needs', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', listPackages], {
      cwd: root,
    })
    const packages = JSON.parse(stdout) as string[]

    assert.ok(packages.includes('koa') && packages.includes('pg'), stdout)
    assert.deepEqual(
      packages.filter(name => needless.test(name)),
      [],
    )
  })
})
