import { AsyncLocalStorage } from 'node:async_hooks'

interface Running {
  title: string
  hasFailed: boolean
}

const faults: Error[] = []
const rejections: { error: Error; test: Running | undefined }[] = []
/** The test to which the running code belongs, also after its end. */
const tests = new AsyncLocalStorage<Running>()
/** The test that runs, or ran last. */
let current: Running | undefined
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

/** Keeps the error of a promise that nobody waits for. */
export function noteRejection(reason: unknown): void {
  const test = tests.getStore()
  const error = reason instanceof Error ? reason : new Error(String(reason))
  if (!test) return void rejections.push({ error, test })
  const named = new Error(`nobody waited for a promise of "${test.title}": ${error.message}`, { cause: error })
  // The place is where it failed.
  named.stack = error.stack ?? ''
  rejections.push({ error: named, test })
}

/** Says that the test that runs has failed. Only mocha knows that of one that ran out of time. */
export function noteFailure(): void {
  if (current) current.hasFailed = true
  rejections.splice(0)
}

/**
 * Takes the error that was noted until now; undefined when there is none. Of several the first, which may cause the
 * others. What a test leaves that has failed anyhow is left out.
 */
export async function takeFault(): Promise<Error | undefined> {
  // Node reports a rejection only after the code that left it.
  await turn()
  const left = rejections.splice(0).filter(({ test }) => !test?.hasFailed)
  const [first] = [...faults.splice(0), ...left.map(({ error }) => error)]
  return first
}

/** Makes a test also fail by an error that was noted while it ran, or before it in a hook. */
export const failingByFaults = <This>(title: string, run: (this: This) => unknown): ((this: This) => Promise<void>) =>
  async function (this: This) {
    const test: Running = { title, hasFailed: false }
    current = test
    // What was noted belongs to the test that runs, and not to one that ran out of time and ends only now.
    const take = async () => (current === test ? takeFault() : undefined)
    try {
      await tests.run(test, () => run.call(this))
    } catch (error) {
      test.hasFailed = true
      rejections.splice(0, current === test ? Infinity : 0)
      const fault = await take()
      throw fault ? new Error(fault.message, { cause: error }) : error
    }
    const fault = await take()
    if (fault) throw fault
  }
