export interface Pulse {
  /** There is something to do. */
  wake(): void
  /** Starts no further run; resolves when the present one has ended. */
  stop(): Promise<void>
}

/**
 * Runs `work` when it is woken, and every `everyMs` otherwise, one run at a time. A wake-up during a run leads to another
 * run, so nothing that was done before it is missed.
 *
 * @param work returns whether to run again at once
 */
export function createPulse(work: () => Promise<boolean>, everyMs: number, failed: (error: unknown) => void): Pulse {
  let stopped = false
  let woken = false
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined

  async function run() {
    do {
      woken = false
      try {
        if (await work()) woken = true
      } catch (error) {
        failed(error)
        break
      }
    } while (woken && !stopped)
  }

  function begin() {
    if (stopped || running) return
    clearTimeout(timer)
    running = run().then(() => {
      running = null
      if (stopped) return
      timer = setTimeout(begin, everyMs)
      timer.unref()
    })
  }

  timer = setTimeout(begin, 0)
  return {
    wake: () => {
      woken = true
      begin()
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
