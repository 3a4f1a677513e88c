// What `npm test` runs, already on Node 24: format, lint and types beside each other, then the tests, in two lanes beside
// each other. `npm test -- test/some.test.ts` runs mocha alone, with these arguments.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'

const only = process.argv.slice(2)
const inCi = Boolean(process.env.CI)

const mocha = ['node_modules/mocha/bin/mocha.js', '--reporter', 'scripts/mocha-summary.mjs', '--fail-zero']
if (inCi) mocha.push('--forbid-only')

const running = new Set()
// mocha must get the chance to stop its PostgreSQL; in a terminal Ctrl-C reaches it without our help.
const pass = signal => running.forEach(child => child.kill(signal))
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => pass(signal))
process.on('SIGINT', () => process.stdin.isTTY || pass('SIGINT'))

function run(args, { stdio = 'inherit', env = {}, onStart } = {}) {
  return new Promise(resolve => {
    const child = spawn(process.execPath, args, { stdio, env: { ...process.env, ...env } })
    running.add(child)
    onStart?.(child)
    child.on('error', () => resolve(1))
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve(signal ? 1 : code)
    })
  })
}

/** Runs one of several that run beside each other; `aloud` tells it as it goes, and two at once nobody could read. */
async function part({ name, args, env }, aloud) {
  let said = ''
  const onStart = child => {
    const hear = chunk => {
      said += chunk
      if (aloud) process.stdout.write(chunk)
    }
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear)
  }
  const code = await run(args, { stdio: ['inherit', 'pipe', 'pipe'], env, onStart })
  return { name, code, said }
}

function fail(name) {
  console.error(`[check] failed: ${name}`)
  process.exit(1)
}

if (only.length > 0) process.exit((await run([...mocha, ...only])) === 0 ? 0 : fail('tests'))

const tsc = ['node_modules/typescript/bin/tsc', '--noEmit', '-p']
const steps = [
  { name: 'format', args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', args: ['node_modules/oxlint/bin/oxlint'] },
  ...['tsconfig.json', 'client-demo/tsconfig.json']
    .filter(existsSync)
    .map(project => ({ name: `types (${project})`, args: [...tsc, project] })),
]
console.log(`[check] ${steps.map(({ name }) => name).join(', ')}`)
const checked = await Promise.all(steps.map(step => part(step, false)))
for (const { said } of checked) if (said.trim() !== '') console.log(said)
for (const { name, code } of checked) if (code !== 0) fail(name)

// Two lanes beside each other. Those that start processes of their own, browsers too, wait most of the time.
const ofProcesses = ['boot', 'cli', 'cluster', 'crash', 'page']
const others = readdirSync('test', { withFileTypes: true })
  .filter(entry => entry.isDirectory() && !ofProcesses.includes(entry.name))
  .map(entry => entry.name)
const colour = process.stdout.isTTY ? ['--color'] : []
const tests = files => [...mocha, ...colour, ...files]
const folders = names => tests(names.map(name => `test/${name}`))

// On a database with the most foreign defaults; with TEST_POSTGRES_BIN on a PostgreSQL of the machine, with its own.
const areas = {
  api: 'accounts sessions audit tasks task-search task-placing idempotency notifications due-soon posts videos projects health media',
  realtime: 'resume live fences presence',
  jobs: 'jobs',
  adapters: 'database-roles',
  cli: 'user',
  boot: 'roles',
}
const abroad = Object.entries(areas).flatMap(([area, names]) =>
  names.split(' ').map(name => `test/${area}/${name}.test.ts`),
)
const lanes = [
  [{ name: 'tests of whole processes and the page', args: folders(ofProcesses) }],
  [
    { name: 'all other tests', args: folders(others) },
    {
      name: 'tests on a database with foreign defaults',
      env: { TEST_DATABASE_DEFAULTS: 'foreign' },
      args: tests(abroad),
    },
  ],
]

async function lane(parts, aloud) {
  const done = []
  for (const one of parts) done.push(await part(one, aloud))
  return done
}

console.log(`[check] ${lanes.map(parts => parts.map(({ name }) => name).join(', then ')).join(', and beside them ')}`)
console.log(
  `[check] PostgreSQL: ${process.env.TEST_POSTGRES_BIN ?? 'the embedded one (TEST_POSTGRES_BIN names another)'}`,
)
const [heard, unheard] = await Promise.all(lanes.map((parts, nth) => lane(parts, nth === 0)))
for (const { said } of unheard) console.log(said)

const done = [...heard, ...unheard]
const counts = done.map(({ said }) => [...said.matchAll(/(\d+) passed, (\d+) failed, (\d+) skipped/g)].at(-1))
const total = nth => counts.reduce((sum, numbers) => sum + Number(numbers?.[nth + 1] ?? 0), 0)
console.log(`${total(0)} passed, ${total(1)} failed, ${total(2)} skipped`)
for (const { name, code } of done) if (code !== 0) fail(name)
