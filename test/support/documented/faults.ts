const faults: Error[] = []

/**
 * Runs a check whose failure nobody waits for, or takes for a line that broke: what it throws is kept for the test that
 * runs then.
 */
export function note(check: () => void): void {
  try {
    check()
  } catch (error) {
    faults.push(error as Error)
  }
}

/** Takes what was noted until now; undefined when there is nothing. Of several the first one, which may cause the others. */
export function takeFault(): Error | undefined {
  const [first] = faults.splice(0)
  return first
}

/** A test that also fails by what was noted while it ran, or before it in a hook. */
export function failingByFaults<This>(test: (this: This) => unknown): (this: This) => Promise<void> {
  return async function (this: This) {
    try {
      await test.call(this)
    } catch (error) {
      const fault = takeFault()
      throw fault ? new Error(fault.message, { cause: error }) : error
    }
    const fault = takeFault()
    if (fault) throw fault
  }
}
