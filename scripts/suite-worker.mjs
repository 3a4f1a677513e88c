// Runs the test files that scripts/suite.mjs sends, one after another, and answers each with a result. All of them
// share what test/support keeps for a whole run: the PostgreSQL server and the browser.
import { readFileSync } from 'node:fs'
import { format } from 'node:util'
import Mocha from 'mocha'
import { mochaGlobalTeardown, mochaHooks } from '../test/support/hooks.ts'
import { reasonOf } from './failure-reason.mjs'
import { failOnLeftovers } from './leftovers.mjs'

const { timeout } = JSON.parse(readFileSync('.mocharc.json', 'utf8'))
const color = process.env.FORCE_COLOR === '1'

/**
 * @typedef {object} FileResult
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string} output what mocha's spec reporter says
 * @property {string[]} failures the titles of what failed, each with the reason in a second line
 * @property {number} seconds
 */

/** Files after which timers were still pending; harmless if these end soon. */
const suspects = []

/** @returns {Promise<FileResult>} */
async function runFile(file) {
  const lines = []
  const failures = []
  const failed = (title, error) => failures.push(`${title}\n    ${reasonOf(error)}`)
  const began = performance.now()
  Mocha.reporters.Base.consoleLog = (...args) => lines.push(format(...args))
  const mocha = new Mocha({ timeout, color, forbidOnly: Boolean(process.env.CI), rootHooks: mochaHooks })
  mocha.addFile(file)
  const stats = { passes: 0, pending: 0 }
  try {
    await mocha.loadFilesAsync()
    await new Promise(resolve => {
      const runner = mocha.run(resolve)
      runner.on('fail', (test, error) => failed(test.titlePath().join(' › '), error))
      runner.once('end', () => Object.assign(stats, runner.stats))
    })
  } catch (error) {
    failed('the file could not be loaded', error)
    lines.push(format(error))
  }
  // Its runner would go on catching what later files throw.
  mocha.dispose()
  const seconds = (performance.now() - began) / 1000
  const timers = process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
  if (timers > 0) suspects.push(`${file} (${timers})`)
  const { passes: passed, pending: skipped } = stats
  return { passed, failed: failures.length, skipped, failures, output: lines.join('\n'), seconds }
}

let isOver = false
process.on('message', async ({ file }) => {
  if (file !== undefined) return process.send(await runFile(file))
  await mochaGlobalTeardown()
  isOver = true
  process.disconnect()
  failOnLeftovers(`timers after ${suspects.join(', ')}`)
})
// Whoever sends files is gone; nobody waits for the rest.
process.on('disconnect', () => isOver || process.exit(1))
process.send('ready')
