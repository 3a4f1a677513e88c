// What `npm test` runs, already on Node 24: format, lint and types at the same time, then the tests. `npm test --
// test/some.test.ts` runs mocha alone, with these arguments. With `--long` (`npm run test:long`) tests take more seeds,
// more steps and every schedule of faults.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { runSuite } from './suite.mjs'

const only = process.argv.slice(2).filter(argument => argument !== '--long')
// Tests read this in test/support/long.ts.
if (process.argv.includes('--long')) process.env.TEST_LONG = '1'

const running = new Set()
const track = child => {
  running.add(child)
  child.on('close', () => running.delete(child))
}
// The tests must get the chance to stop their PostgreSQL. In a terminal Ctrl-C reaches them directly.
const stopping = new AbortController()
const pass = signal => {
  stopping.abort()
  running.forEach(child => child.kill(signal))
}
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => pass(signal))
process.on('SIGINT', () => (process.stdin.isTTY ? stopping.abort() : pass('SIGINT')))

/** @returns {Promise<{ code: number, output: string }>} `output` is empty when it went to the screen */
function run(args, { stdio = 'inherit' } = {}) {
  return new Promise(resolve => {
    const child = spawn(process.execPath, args, { stdio })
    track(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', text => (output += text))
    child.on('error', error => resolve({ code: 1, output: String(error) }))
    child.on('close', (code, signal) => resolve({ code: signal ? 1 : code, output }))
  })
}

function fail(name) {
  console.error(`[check] failed: ${name}`)
  process.exit(1)
}

if (only.length > 0) {
  const mocha = ['node_modules/mocha/bin/mocha.js', '--reporter', 'scripts/mocha-summary.mjs', '--fail-zero']
  if (process.env.CI) mocha.push('--forbid-only')
  process.exit((await run([...mocha, ...only])).code === 0 ? 0 : fail('tests'))
}

// Several checkers at once check the types that they share once each: twice the processor time, and here no sooner.
const tsc = ['node_modules/typescript/bin/tsc', '--noEmit', '--checkers', '1', '-p']
// Looks only at files whose content is not that of the last run (node_modules/.cache): all take 25 s of processor time.
const prettier = ['node_modules/prettier/bin/prettier.cjs', '--cache', '--cache-strategy', 'content']
const steps = [
  { name: 'format', args: [...prettier, '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', args: ['node_modules/oxlint/bin/oxlint'] },
  ...['tsconfig.json', 'client-demo/tsconfig.json']
    .filter(existsSync)
    .map(project => ({ name: `types (${project})`, args: [...tsc, project] })),
]
console.log(`[check] ${steps.map(({ name }) => name).join(', ')}`)
const checked = await Promise.all(steps.map(async step => ({ ...step, ...(await run(step.args, { stdio: 'pipe' })) })))
for (const { output } of checked) if (output.trim() !== '') console.log(output)
for (const { name, code } of checked) if (code !== 0) fail(name)

const workers = Number(process.env.TEST_WORKERS || 4)
if (!(Number.isInteger(workers) && workers >= 1)) fail('TEST_WORKERS must be a number from 1 on')
const postgres = process.env.TEST_POSTGRES_BIN ?? 'the embedded one (TEST_POSTGRES_BIN names another)'
console.log(`[check] tests in ${workers} processes (TEST_WORKERS); PostgreSQL: ${postgres}`)
const { passed, failed, skipped, failures } = await runSuite({ workers, track, stopped: stopping.signal })
if (stopping.signal.aborted) fail('stopped by a signal')
for (const failure of failures) console.error(`[failed] ${failure}`)
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
if (failed > 0 || passed === 0) fail('tests')
// A test that could not run does not count as passed.
if (process.env.CI && skipped > 0) fail('CI is set, and tests were skipped')
