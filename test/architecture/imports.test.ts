import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { circles } from './circles.ts'
import { type Source, strayImports } from './rules.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

function sources(dir: string): Source[] {
  return readdirSync(path.join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name) && !name.includes('node_modules'))
    .map(name => path.posix.join(dir, name))
    .map(file => ({ file, text: readFileSync(path.join(root, file), 'utf8') }))
}

describe('the source', () => {
  it('[AR1] has no import that the table of rules forbids', () => {
    const all = ['contract', 'server', 'sdk', 'client-demo', 'migrations'].flatMap(sources)

    assert.equal(all.length > 50, true)
    assert.deepEqual(strayImports(all), [])
  })

  it('[AR4] has no circle of imports', () => {
    assert.deepEqual(circles(['contract', 'server', 'sdk', 'client-demo'].flatMap(sources)), [])
  })

  it('[AR4] detects a circle, also of types', () => {
    const files = [
      { file: 'a.ts', text: "import { b } from './x/b.ts'" },
      { file: 'x/b.ts', text: "import type { C } from './c.ts'" },
      { file: 'x/c.ts', text: "export { a } from '../a.ts'" },
      { file: 'd.ts', text: "import { a } from './a.ts'" },
    ]
    assert.deepEqual(circles(files), [['a.ts', 'x/b.ts', 'x/c.ts']])
  })

  it('[DB4] opens every connection to PostgreSQL with the settings of one place', () => {
    const opened = sources('server').flatMap(({ file, text }) =>
      [...text.matchAll(/new (?:pg\.)?(?:Client|Pool)\(([^\n]*)|connectionString|driverOptions: (\w+)/g)].map(
        ([all]) => ({ file, all }),
      ),
    )
    const stray = opened.filter(
      ({ file, all }) =>
        file !== 'server/adapters/database-connection.ts' &&
        !/connectionTo\(|\.\.\.connection\b|driverOptions: connection/.test(all),
    )
    assert.ok(opened.length >= 8, String(opened.length))
    assert.deepEqual(stray, [])
  })

  const strays: [string, string][] = [
    ['contract/tasks.ts', "import { AppError } from '../server/kernel/errors.ts'"],
    ['contract/tasks.ts', "import Koa from 'koa'"],
    ['server/kernel/bind.ts', "import { createTasks } from '../features/tasks/index.ts'"],
    ['server/features/tasks/index.ts', "import { x } from '../projects/projects.queries.ts'"],
    ['server/features/tasks/index.ts', "import { x } from '../../faces/rest/index.ts'"],
    ['server/features/tasks/index.ts', "import Koa from 'koa'"],
    ['server/features/tasks/index.ts', "import pg from 'pg'"],
    ['server/faces/rest/index.ts', "import { Server } from 'socket.io'"],
    ['server/faces/rest/index.ts', "import { x } from '../socket/index.ts'"],
    ['server/faces/socket/index.ts', "export { x } from '../../adapters/database.ts'"],
    ['server/events/log.ts', "import { x } from '../features/tasks/index.ts'"],
    ['server/adapters/database.ts', "const x = await import('../features/tasks/index.ts')"],
    ['server/process/housekeeping.ts', "import { createApp } from '../app.ts'"],
    ['sdk/index.ts', "import { x } from '../server/kernel/errors.ts'"],
    ['client-demo/src/app.tsx', "import { x } from '../../contract/index.ts'"],
  ]
  for (const [file, text] of strays) {
    it(`[AR1] detects a stray import: ${file}: ${text}`, () => {
      assert.equal(strayImports([{ file, text }]).length, 1)
    })
  }
})
