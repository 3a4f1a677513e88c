/** What an attacker knows: the server's address, and an ordinary account of its own. */
export interface Target {
  url: string
  token: string
  email: string
}

export interface Attack {
  /** How much of it the server has taken in so far: what is refused before it costs anything does not count. */
  accepted(): number
  stop(): Promise<void>
}

/** Begins an attack, which goes on until it is stopped. Resolves when it has begun. */
export type Attacker = (target: Target) => Promise<Attack>

/** Whether a request was worked on, and not turned away as one too many. */
export const wasWorkedOn = (status: number): boolean => status >= 200 && status < 500 && status !== 429

/** Runs `work` over and over in so many places at once, whatever becomes of it. It says whether it was taken in. */
export function keepDoing(places: number, work: (place: number) => Promise<boolean>): Attack {
  let stopped = false
  let accepted = 0
  const all = Array.from({ length: places }, async (_, place) => {
    while (!stopped) {
      if (await work(place).catch(() => false)) accepted++
      // A server that refuses at once must not stop the attacker's own event loop.
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
