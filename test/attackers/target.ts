/** What an attacker knows: the server's address, and an ordinary account of its own. */
export interface Target {
  url: string
  token: string
  email: string
}

export interface Attack {
  stop(): Promise<void>
}

/** Begins an attack, which goes on until it is stopped. Resolves when it has begun. */
export type Attacker = (target: Target) => Promise<Attack>

/** Runs `work` over and over in so many places at once, whatever becomes of it. */
export function keepDoing(places: number, work: (place: number) => Promise<unknown>): Attack {
  let stopped = false
  const all = Array.from({ length: places }, async (_, place) => {
    while (!stopped) {
      await work(place).catch(() => {})
      // A server that refuses at once must not stop the attacker's own event loop.
      await new Promise(setImmediate)
    }
  })
  return {
    stop: async () => {
      stopped = true
      await Promise.all(all)
    },
  }
}
