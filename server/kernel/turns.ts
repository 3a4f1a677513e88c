import { AppError, unavailable } from './errors.ts'

/** What queues for turns: a person's id, or an address. */
export type Key = string | number

export interface TurnBounds {
  /** Pieces of work that run at once, of all keys together. */
  running: number
  /** Pieces of work of one key that run at once. */
  perKey: number
  /** The same while no other key has asked for a turn within the last second; `perKey` by default. */
  alone?: number
  /** Pieces of work that may wait, of all keys together. */
  waiting: number
  /** Pieces of work of one key that may wait. */
  waitingPerKey: number
}

export interface Turns {
  /**
   * Resolves when it is the key's turn, with a function that gives the turn back.
   *
   * @param places how many places the work takes: more than one for expensive work; the key's share is the maximum
   * @throws AppError `rate_limited` when too much work of this key waits, possibly later, when others need the place
   *   in the queue; `unavailable` when too much work of all keys waits and no key has more than this one
   */
  take(key: Key, places?: number): Promise<() => void>
  /** Whether more than one key has asked for a turn within the last second. */
  isShared(): boolean
  /** Runs `work` in a turn of the key. @throws what `take` and `work` throw */
  run<T>(key: Key, work: () => Promise<T>): Promise<T>
}

interface Waiting {
  places: number
  start: () => void
  refuse: () => void
}

/** A key may not run more than `perKey` for this long after another key has asked. */
const sharedMs = 1_000

/**
 * Bounds how much work runs at once and shares the places fairly. The waiting keys are served in rotation, so a key
 * with a thousand pieces of work delays another key by a few pieces and not by a thousand. Work beyond the bounds is
 * refused at once, because its caller would mostly be gone before it is done.
 */
export function createTurns(bounds: TurnBounds): Turns {
  const { running, perKey, alone = perKey, waiting, waitingPerKey } = bounds
  const active = new Map<Key, number>()
  /** In the order in which the keys are served next. */
  const queues = new Map<Key, Waiting[]>()
  let activeCount = 0
  let waitingCount = 0
  let lastKey: Key | undefined
  let sharedUntil = 0

  const activeOf = (key: Key) => active.get(key) ?? 0
  const isShared = () => performance.now() < sharedUntil
  const shareOf = () => (isShared() ? perKey : alone)
  /** Whether the key's share allows these places. Whether places are free is a separate question. */
  const fitsShare = (key: Key, places: number) => activeOf(key) + places <= shareOf()
  const areFree = (places: number) => activeCount + places <= running
  /** Whether somebody waits for free places and not for their own share. Nobody else may overtake them. */
  function someoneIsNext(): boolean {
    for (const [key, [first]] of queues) if (fitsShare(key, first!.places)) return true
    return false
  }

  function noteKey(key: Key) {
    if (lastKey !== undefined && lastKey !== key) sharedUntil = performance.now() + sharedMs
    lastKey = key
  }

  /** Takes places for the key. @returns a function that gives them back, once */
  function begin(key: Key, places: number): () => void {
    activeCount += places
    active.set(key, activeOf(key) + places)
    let given = false
    return () => {
      if (given) return
      given = true
      activeCount -= places
      if (activeOf(key) === places) active.delete(key)
      else active.set(key, activeOf(key) - places)
      serveWaiting()
    }
  }

  function serveWaiting() {
    for (const [key, queue] of queues) {
      if (activeCount >= running) return
      const { places, start } = queue[0]!
      if (!fitsShare(key, places)) continue
      // Smaller work of others would take each place that becomes free, and this work would wait for ever.
      if (!areFree(places)) return
      // A key that was served goes to the end of the rotation.
      queues.delete(key)
      queue.shift()
      if (queue.length > 0) queues.set(key, queue)
      waitingCount--
      start()
    }
  }

  async function take(key: Key, wanted = 1): Promise<() => void> {
    const places = Math.min(wanted, perKey)
    noteKey(key)
    // New work never overtakes waiting work of the same key.
    if (!queues.has(key) && fitsShare(key, places) && areFree(places) && !someoneIsNext()) return begin(key, places)
    const length = queues.get(key)?.length ?? 0
    if (length >= waitingPerKey) throw tooMany()
    if (waitingCount >= waiting && !dropOneOfLongest(length)) throw unavailable()
    const queue = queues.get(key) ?? []
    queues.set(key, queue)
    waitingCount++
    return new Promise((resolve, reject) =>
      queue.push({ places, start: () => resolve(begin(key, places)), refuse: () => reject(tooMany()) }),
    )
  }

  /**
   * Refuses the last waiting piece of the key with the longest queue, so that filling the queue keeps no other key out.
   */
  function dropOneOfLongest(than: number): boolean {
    let longest: Waiting[] = []
    for (const queue of queues.values()) if (queue.length > longest.length) longest = queue
    if (longest.length <= than + 1) return false
    longest.pop()!.refuse()
    waitingCount--
    return true
  }

  return {
    take,
    isShared,
    run: async (key, work) => {
      const giveBack = await take(key)
      try {
        return await work()
      } finally {
        giveBack()
      }
    },
  }
}

const tooMany = () => new AppError('rate_limited', 'Too many calls at once; wait for their answers.', { retryAfter: 1 })
