import { AsyncLocalStorage } from 'node:async_hooks'

const faults: Error[] = []
const rejections: Error[] = []
/** The test to which the running code belongs, also after its end. */
const tests = new AsyncLocalStorage<{ title: string; hasFailed: boolean }>()
const turn = () => new Promise(setImmediate)

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

/** Keeps the error of a promise that nobody waits for. What a test leaves that has failed anyhow is no news. */
export function noteRejection(reason: unknown): void {
  const test = tests.getStore()
  if (test?.hasFailed) return
  const error = reason instanceof Error ? reason : new Error(String(reason))
  if (!test) return void rejections.push(error)
  const named = new Error(`nobody waited for a promise of "${test.title}": ${error.message}`, { cause: error })
  // The place is where it failed.
  named.stack = error.stack ?? ''
  rejections.push(named)
}

/**
 * Takes the error that was noted until now; undefined when there is none. Of several the first, which may cause the
 * others.
 */
export async function takeFault(): Promise<Error | undefined> {
  // Node reports a rejection only after the code that left it.
  await turn()
  const [first] = [...faults.splice(0), ...rejections.splice(0)]
  return first
}

/** Makes a test also fail by an error that was noted while it ran, or before it in a hook. */
export const failingByFaults = <This>(title: string, run: (this: This) => unknown): ((this: This) => Promise<void>) =>
  async function (this: This) {
    const test = { title, hasFailed: false }
    try {
      await tests.run(test, () => run.call(this))
    } catch (error) {
      test.hasFailed = true
      const [fault] = faults.splice(0)
      rejections.splice(0)
      throw fault ? new Error(fault.message, { cause: error }) : error
    }
    const fault = await takeFault()
    if (fault) throw fault
  }
