const LINGER_MS = 10_000

/** Timers that would outlive the tests for longer than that, with the place where they were started. */
const longTimers = new Map()
const { setTimeout: start } = globalThis
globalThis.setTimeout = Object.assign((work, ms, ...rest) => {
  const timer = start(work, ms, ...rest)
  if (ms > LINGER_MS) longTimers.set(timer, new Error('started here').stack)
  // `_destroyed` is private to Node; without it more timers are kept in mind than necessary.
  if (longTimers.size > 1_000) for (const one of longTimers.keys()) if (one['_destroyed']) longTimers.delete(one)
  return timer
}, start)

/**
 * Used in place of `--exit`, which hides leaks: a socket or timer that outlives the tests is named and fails the run.
 */
export function failOnLeftovers(hint = '') {
  start(() => {
    console.error('The tests are over, but something keeps the process alive:', process.getActiveResourcesInfo(), hint)
    for (const [timer, stack] of longTimers) if (!timer['_destroyed'] && timer.hasRef()) console.error(stack)
    // mocha sets the exit code at the very end; this runs after that.
    process.on('exit', () => (process.exitCode = 1))
    process.exit()
  }, LINGER_MS).unref()
}
