// Deals the test files to workers: the longest first, by test/seconds.json, so that the workers end at about the same
// time.
import { fork } from 'node:child_process'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { memoryFolder } from './memory-folder.mjs'

const isLong = process.env.TEST_LONG === '1'
const recorded = 'test/seconds.json'
const workerFile = fileURLToPath(new URL('suite-worker.mjs', import.meta.url))
/** More space for young objects than a server has: the tests spend a tenth less processor time. */
const execArgv = ['--min-semi-space-size=32', '--max-semi-space-size=32']

/**
 * Also runs a second time, on a database with the most foreign defaults; with TEST_POSTGRES_BIN that is a PostgreSQL of
 * the machine, with its own defaults. The long suite runs more of them.
 */
const some = {
  api: 'tasks task-search task-placing idempotency due-soon posts',
  realtime: 'resume',
  adapters: 'database-roles',
  boot: 'roles',
}
const more = {
  api: `${some.api} accounts sessions audit notifications videos projects health media`,
  realtime: 'resume live fences presence',
  adapters: 'database-roles',
  boot: 'roles',
  jobs: 'jobs',
  cli: 'user',
}
const onForeignDatabase = Object.entries(isLong ? more : some).flatMap(([area, names]) =>
  names.split(' ').map(name => `test/${area}/${name}.test.ts`),
)

/**
 * Runs every test file, in `workers` processes.
 *
 * @returns {Promise<{ passed: number, failed: number, skipped: number, failures: string[] }>} `failures` name the file
 * and the test, and say why it failed
 */
export async function runSuite({ workers, track, stopped }) {
  const seconds = JSON.parse(readFileSync(recorded, 'utf8'))
  const longestFirst = (a, b) => (seconds[b] ?? 1) - (seconds[a] ?? 1)
  const foreign = onForeignDatabase.toSorted(longestFirst)
  const chosen = globSync('test/**/*.test.ts').filter(file => isLong || !file.endsWith('.long.test.ts'))
  const files = chosen.toSorted(longestFirst)
  const folder = memoryFolder()
  const everywhere = { UNPACKED_CHROMIUM: await unpackChromium(), ...(folder && { TMPDIR: folder }) }
  const total = { passed: 0, failed: 0, skipped: 0, failures: [] }
  const took = {}

  const keep = (file, note, result) => {
    for (const count of ['passed', 'failed', 'skipped']) total[count] += result[count]
    total.failures.push(...result.failures.map(title => `${file}${note}: ${title}`))
    console.log(`\n${file}${note}${result.output}`)
    if (!note) took[file] = Math.round(result.seconds * 10) / 10
  }
  const plain = { queue: files, env: everywhere, note: '' }
  const onForeign = {
    queue: foreign,
    env: { ...everywhere, TEST_DATABASE_DEFAULTS: 'foreign' },
    note: ' (foreign defaults)',
  }
  const slots = Array.from({ length: workers }, (_, nth) => async () => {
    if (nth === 0) await work(onForeign, { keep, track, stopped })
    await work(plain, { keep, track, stopped })
  })
  await Promise.all(slots.map(slot => slot()))
  for (const file of [...foreign, ...files]) total.failures.push(`${file}: was not run`)
  total.failed = total.failures.length
  if (process.env.RECORD_SECONDS) record(took)
  return total
}

/** Several processes that unpack it at once would start what is not complete yet. */
const unpackChromium = async () => (await import('@sparticuz/chromium')).default.executablePath().catch(() => undefined)

/** Runs one worker until its queue is empty. A worker that dies fails its file, and another worker continues. */
async function work({ queue, env, note }, { keep, track, stopped }) {
  const fail = (file, failure) =>
    keep(file, note, { passed: 0, failed: 1, skipped: 0, failures: [failure], output: '', seconds: 0 })
  while (queue.length > 0 && !stopped.aborted) {
    let isReady = false
    let file
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc']
    const worker = fork(workerFile, { env: { ...process.env, ...env }, execArgv, stdio })
    track(worker)
    // It died while a file was on its way to it; its end is reported below.
    worker.on('error', () => {})
    worker.on('message', result => {
      isReady = true
      if (result !== 'ready') keep(file, note, result)
      file = stopped.aborted ? undefined : queue.shift()
      worker.send({ file })
    })
    const code = await new Promise(resolve => worker.on('close', (exit, signal) => resolve(signal ?? exit)))
    if (code === 0 && file === undefined) continue
    if (!isReady) return fail('a worker', 'could not start')
    fail(file ?? 'a worker', file === undefined ? 'something outlives the tests' : `the process ended with ${code}`)
  }
}

/** Logs only what is worth a line. Files that did not run keep theirs. */
function record(took) {
  const before = JSON.parse(readFileSync(recorded, 'utf8'))
  const kept = Object.entries(before).filter(([file]) => !(file in took) && existsSync(file))
  const worth = [...kept, ...Object.entries(took).filter(([, seconds]) => seconds >= 2)]
  writeFileSync(recorded, `${JSON.stringify(Object.fromEntries(worth.toSorted()), null, 2)}\n`)
}
