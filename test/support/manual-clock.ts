import type { Clock } from '../../server/features/rooms/index.ts'

/** A clock that stands still until the test moves it on. */
export function createManualClock(): { clock: Clock; pass: (ms: number) => void } {
  let time = 0
  const repeating = new Set<{ ms: number; at: number; run: () => void }>()
  const clock: Clock = {
    now: () => time,
    every: (ms, run) => {
      const one = { ms, at: time + ms, run }
      repeating.add(one)
      return () => void repeating.delete(one)
    },
  }
  const pass = (ms: number) => {
    for (const end = time + ms; time < end; time++) {
      for (const one of [...repeating]) {
        if (one.at > time) continue
        one.at += one.ms
        one.run()
      }
    }
  }
  return { clock, pass }
}
