const LINGER_MS = 10_000

/**
 * Used in place of `--exit`, which hides leaks: a socket or timer that outlives the tests is named and fails the run.
 */
export function failOnLeftovers(hint = '') {
  setTimeout(() => {
    console.error('The tests are over, but something keeps the process alive:', process.getActiveResourcesInfo(), hint)
    // mocha sets the exit code at the very end; this runs after that.
    process.on('exit', () => (process.exitCode = 1))
    process.exit()
  }, LINGER_MS).unref()
}
