const faults: Error[] = []

/**
 * Runs a check whose failure nobody would see, or would take for a broken connection: its error is kept for the running
 * test.
 */
export function note(check: () => void): void {
  try {
    check()
  } catch (error) {
    faults.push(error as Error)
  }
}

/** Takes the error that was noted until now; undefined when there is none. Of several the first, which may cause the others. */
export function takeFault(): Error | undefined {
  const [first] = faults.splice(0)
  return first
}

/** Makes a test also fail by an error that was noted while it ran, or before it in a hook. */
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
