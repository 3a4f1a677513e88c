// mocha's spec reporter, and then one plain line that a machine can read: "12 passed, 0 failed, 0 skipped".
import Mocha from 'mocha'
import { failOnLeftovers } from './leftovers.mjs'

export default class Summary extends Mocha.reporters.Spec {
  /** Called by mocha once everything has run; what it hands to `finish` becomes the exit code. */
  done(failures, finish) {
    const { passes, pending } = this.stats
    console.log(`${passes} passed, ${failures} failed, ${pending} skipped`)
    // A test that could not run is not a test that passed.
    const skippedInCi = process.env.CI ? pending : 0
    if (skippedInCi) console.error('CI is set: skipped tests fail the run')
    failOnLeftovers()
    finish(failures + skippedInCi)
  }
}
