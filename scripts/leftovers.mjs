const LINGER_MS = 10_000

/** Timers that would outlive the tests for longer than that, with an error that was made where they were started. */
const longTimers = new Map()
const fewTimers = 1_000
let mostTimers = fewTimers
const { setTimeout: start } = globalThis
globalThis.setTimeout = Object.assign((work, ms, ...rest) => {
  const timer = start(work, ms, ...rest)
  // Its stack becomes text only when somebody reads it; that took a twentieth of the processor time of the tests.
  if (ms > LINGER_MS) longTimers.set(timer, new Error('started here'))
  if (longTimers.size > mostTimers) forgetEnded()
  return timer
}, start)

/** `_destroyed` is private to Node; without it more timers are kept in mind than necessary. */
function forgetEnded() {
  for (const timer of longTimers.keys()) if (timer['_destroyed']) longTimers.delete(timer)
  // Many that still run are not to be looked through again for each new one.
  mostTimers = Math.max(fewTimers, 2 * longTimers.size)
}

/**
 * Used in place of `--exit`, which hides leaks: a socket or timer that outlives the tests is named and fails the run.
 */
export function failOnLeftovers(hint = '') {
  start(() => {
    console.error('The tests are over, but something keeps the process alive:', process.getActiveResourcesInfo(), hint)
    for (const [timer, { stack }] of longTimers) if (!timer['_destroyed'] && timer.hasRef()) console.error(stack)
    // mocha sets the exit code at the very end; this runs after that.
    process.on('exit', () => (process.exitCode = 1))
    process.exit()
  }, LINGER_MS).unref()
}
