import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { circles } from './circles.ts'
import { layers, strayInPage } from './page-layers.ts'
import { importsOf, type Source, strayImports } from './rules.ts'

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

  it('[AR8] the page uses its folders in one direction', () => {
    const all = sources('client-demo/src')
    const folders = new Set(all.flatMap(({ file }) => /^client-demo\/src\/(.+?)\//.exec(file)?.[1] ?? []))

    assert.deepEqual([...folders, 'styles'].toSorted(), layers.flat().toSorted())
    assert.deepEqual(strayInPage(all), [])
  })

  it('[AR8] an arrow that goes up is found, also by way of a part of the page', () => {
    const part = "declare module '../lib/page.ts' {\n  interface Page {\n    board: Board\n  }\n}"
    const uses = [
      ['ui/modal.tsx', "import { usePage } from '../lib/use-page.ts'"],
      ['ui/menu.tsx', "import type { Board } from '../tasks/board.ts'"],
      ['posts/post.tsx', "const x = await import('../videos/video.tsx')"],
      ['lib/store.ts', "import { App } from '../app.tsx'"],
      ['board/card.tsx', 'const { me, board: all } = usePage()'],
      ['people/face.tsx', 'const { me, board: all } = usePage()'],
      ['people/name.tsx', 'useStore(usePage().board.store, state => state)'],
      ['forms/all.ts', 'const page = usePage()'],
      ['app.tsx', "import { View } from './board/board-view.tsx'"],
    ].map(([file, text]) => ({ file: `client-demo/src/${file}`, text: text! }))
    const found = strayInPage([{ file: 'client-demo/src/tasks/board.ts', text: part }, ...uses])

    assert.deepEqual(
      found.map(stray => stray.replace('client-demo/src/', '')),
      [
        'ui/menu.tsx → ../tasks/board.ts',
        'posts/post.tsx → ../videos/video.tsx',
        'lib/store.ts → ../app.tsx',
        'people/face.tsx → board',
        'people/name.tsx → board',
        'forms/all.ts → usePage(), used in another way',
      ],
    )
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

  it('[AR12] opens the connections of tests to PostgreSQL in one place', () => {
    // One counts the statements of all connections, the other has a pool that lasts through crashes of the database.
    const others = ['test/suites/statements.ts', 'test/cluster/stage.ts']
    const opening = sources('test').filter(source => importsOf(source).includes('pg'))
    assert.deepEqual(opening.map(({ file }) => file).toSorted(), ['test/support/connection.ts', ...others].toSorted())
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
