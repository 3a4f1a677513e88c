/** What an attacker knows: the server's address, and an ordinary account of its own. */
export interface Target {
  url: string
  token: string
  email: string
}

export interface Attack {
  /** How much of the attack the server has accepted so far; what is refused before it costs anything does not count. */
  accepted(): number
  stop(): Promise<void>
}

/** Begins an attack, which goes on until it is stopped. Resolves when it has begun. */
export type Attacker = (target: Target) => Promise<Attack>

/** Whether a request was processed, and not refused as one too many. */
export const wasProcessed = (status: number): boolean => status >= 200 && status < 500 && status !== 429

/** Runs `work` over and over this many times at once, whatever its result. The work returns whether it was accepted. */
export function keepDoing(places: number, work: (place: number) => Promise<boolean>): Attack {
  let stopped = false
  let accepted = 0
  const all = Array.from({ length: places }, async (_, place) => {
    while (!stopped) {
      if (await work(place).catch(() => false)) accepted++
      // A server that refuses at once must not block the attacker's own event loop.
      await new Promise(setImmediate)
    }
  })
  return {
    accepted: () => accepted,
    stop: async () => {
      stopped = true
      await Promise.all(all)
    },
  }
}
