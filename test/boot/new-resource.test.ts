import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** A contract file, a feature folder and a migration, laid out as they will be in the project, and their tests. */
const added = path.join(root, 'test/boot/new-resource')
const copied = [
  'contract',
  'server',
  'sdk',
  'client-demo',
  'migrations',
  'test',
  // Tests import parts of them.
  'bench',
  'scripts',
  'package.json',
  'tsconfig.json',
  '.mocharc.json',
]

describe('a new resource', function () {
  this.timeout(180_000)
  let copy: string

  before(async () => {
    copy = await mkdtemp(path.join(tmpdir(), 'taskwire-new-resource-'))
    // The peers of the benches have packages of their own.
    const filter = (source: string) => !source.endsWith('node_modules')
    for (const name of copied) await cp(path.join(root, name), path.join(copy, name), { recursive: true, filter })
    await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'))
    await cp(added, copy, { recursive: true })
  })
  after(() => rm(copy, { recursive: true, force: true }))

  /** Adds an import and an entry to a list. */
  async function list(file: string, { entry, from, after }: { entry: string; from: string; after: string }) {
    const text = await readFile(path.join(copy, file), 'utf8')
    assert.ok(text.includes(after), `${file} has no ${after}`)
    await writeFile(path.join(copy, file), from + text.replace(after, `${after}\n  ${entry},`))
  }

  async function run(...args: string[]) {
    const child = spawn(process.execPath, args, { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', chunk => (output += chunk))
    const code = await new Promise(resolve => child.once('close', resolve))
    assert.equal(code, 0, output)
  }

  it('[AR5] needs a contract file, a feature folder, a migration and a line in two lists', async () => {
    await list('contract/resources.ts', {
      from: "import { notes } from './notes.ts'\nexport * from './notes.ts'\n",
      after: 'export const resources = {',
      entry: 'notes',
    })
    await list('server/plain-features.ts', {
      from: "import { createNotes } from './features/notes/index.ts'\n",
      after: '=> ({',
      entry: 'notes: createNotes(deps)',
    })
    // One checker takes half the processor time of several, as in scripts/check.mjs.
    await run('node_modules/typescript/bin/tsc', '--noEmit', '--checkers', '1')
    await run('node_modules/mocha/bin/mocha.js', 'test/architecture/imports.test.ts', 'test/notes.checks.ts')
  })
})
