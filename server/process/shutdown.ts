import type { Logger } from '../kernel/logger.ts'

export interface Shutdown {
  /** Registers what must be stopped. Last in, first out; what is registered during the stop is stopped too. */
  onStop(name: string, stop: () => Promise<void> | void): void
  /** Stops everything and ends the process with `code`. Later calls change nothing, whatever their code is. */
  begin(code: number, why?: string): void
  readonly begun: boolean
}

export interface ShutdownDeps {
  log: Logger
  /** After this time the process ends with code 1, even if something still hangs. */
  deadlineMs: number
  exit: (code: number) => void
}

/** The one way to end the process, for signals, errors and a start that failed half-way. */
export function createShutdown({ log, deadlineMs, exit }: ShutdownDeps): Shutdown {
  const steps: { name: string; stop: () => Promise<void> | void }[] = []
  let begun = false

  async function drain(code: number): Promise<void> {
    // Iterates over the live list, because a start that is not finished goes on registering meanwhile.
    for (let step = steps.pop(); step; step = steps.pop()) {
      try {
        await step.stop()
      } catch (error) {
        log.error({ err: error }, `stopping ${step.name} failed`)
        code = 1
      }
    }
    exit(code)
  }

  return {
    get begun() {
      return begun
    },
    onStop(name, stop) {
      steps.push({ name, stop })
    },
    begin(code, why) {
      if (begun) return
      begun = true
      if (why) log[code === 0 ? 'info' : 'error'](why)
      setTimeout(() => {
        log.error(`still running after ${deadlineMs / 1000} s: giving up`)
        exit(1)
      }, deadlineMs).unref()
      void drain(code)
    },
  }
}
