// What `npm test` runs, already on Node 24: format, lint, types, then the tests. The first step that fails ends it.
// `npm test -- test/some.test.ts` runs mocha alone, with these arguments.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

const only = process.argv.slice(2)
const inCi = Boolean(process.env.CI)

const mocha = ['node_modules/mocha/bin/mocha.js', '--reporter', 'scripts/mocha-summary.mjs', '--fail-zero']
if (inCi) mocha.push('--forbid-only')

const steps = [{ name: 'tests', args: [...mocha, ...only] }]
if (only.length === 0) {
  const tsc = ['node_modules/typescript/bin/tsc', '--noEmit', '-p']
  steps.unshift(
    { name: 'format', args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'] },
    { name: 'lint', args: ['node_modules/oxlint/bin/oxlint'] },
    ...['tsconfig.json', 'client-demo/tsconfig.json']
      .filter(existsSync)
      .map(project => ({ name: `types (${project})`, args: [...tsc, project] })),
  )
}

let running = null
// mocha must get the chance to stop its PostgreSQL; in a terminal Ctrl-C reaches it without our help.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => running?.kill(signal))
process.on('SIGINT', () => process.stdin.isTTY || running?.kill('SIGINT'))

function run(args) {
  return new Promise(resolve => {
    running = spawn(process.execPath, args, { stdio: 'inherit' })
    running.on('error', () => resolve(1))
    running.on('exit', (code, signal) => resolve(signal ? 1 : code))
  })
}

for (const { name, args } of steps) {
  if (only.length === 0) console.log(`[check] ${name}`)
  if ((await run(args)) !== 0) {
    console.error(`[check] failed: ${name}`)
    process.exit(1)
  }
}
