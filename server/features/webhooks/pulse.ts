import { setTimeout as sleep } from 'node:timers/promises'

/** Times of `wakeIn` within such a step share a timer. */
const alarmStepMs = 10

export interface Pulse {
  /** There is something to do. */
  wake(): void
  /** The same, without a rest before. */
  hurry(): void
  /** There is something to do after this time; what is `everyMs` away or more is found without it. */
  wakeIn(ms: number): void
  /** Starts no further run; resolves when the present one has ended. */
  stop(): Promise<void>
}

/**
 * Runs `work` when it is woken, and every `everyMs` otherwise, one run at a time. A wake-up during a run leads to another
 * run, so nothing that was done before it is missed.
 *
 * @param work returns whether to run again at once
 * @param restMs the shortest time from the end of a run to the next one that is woken, which bounds what many wake-ups
 *   cost
 * @param yieldMs called after each run; says how many ms to leave to others
 */
export function createPulse(
  work: () => Promise<boolean>,
  { everyMs, restMs = 0, yieldMs = () => 0 }: { everyMs: number; restMs?: number; yieldMs?: () => number },
  failed: (error: unknown) => void,
): Pulse {
  let stopped = false
  let restedAt = 0
  let woken = false
  let hurried = false
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  /** The timers of `wakeIn`, by the time when they end. */
  const alarms = new Map<number, NodeJS.Timeout>()

  async function run() {
    do {
      woken = hurried = false
      if (stopped) return
      try {
        if (!(await work())) break
        await sleep(yieldMs())
      } catch (error) {
        failed(error)
        woken = false
        break
      }
    } while (!stopped)
  }

  function begin() {
    if (stopped || running) return
    clearTimeout(timer)
    running = run().then(() => {
      running = null
      const rest = Math.max(restMs, yieldMs())
      restedAt = performance.now() + rest
      if (woken && (hurried || rest === 0)) begin()
      else beginIn(woken ? rest : everyMs)
    })
  }

  function beginIn(ms: number) {
    if (stopped) return
    clearTimeout(timer)
    timer = setTimeout(begin, ms)
    timer.unref()
  }

  function wake() {
    if (woken) return
    woken = true
    if (running) return
    const left = restedAt - performance.now()
    if (left > 0) beginIn(left)
    else begin()
  }

  beginIn(0)
  return {
    wake,
    hurry: () => {
      woken = hurried = true
      begin()
    },
    wakeIn: ms => {
      const at = Math.ceil((performance.now() + ms) / alarmStepMs) * alarmStepMs
      if (stopped || ms >= everyMs || alarms.has(at)) return
      const ring = () => {
        alarms.delete(at)
        wake()
      }
      alarms.set(at, setTimeout(ring, at - performance.now()).unref())
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      for (const alarm of alarms.values()) clearTimeout(alarm)
      await running
    },
  }
}
