/** A seeded generator (mulberry32), so that every run creates the same tasks and sends the same requests. */
export function createRandom(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const int = (below: number) => Math.floor(next() * below)
  return {
    next,
    int,
    of: <T>(items: readonly T[]): T => items[int(items.length)]!,
    /** Chooses the first items far more often than the last ones, as words and categories are used. */
    skewed: <T>(items: readonly T[], flat = 5): T => {
      const top = Math.log(items.length + flat) - Math.log(flat)
      return items[Math.floor(flat * (Math.exp(next() * top) - 1))]!
    },
  }
}
export type Random = ReturnType<typeof createRandom>

const syllables = 'ba ke li mo nu ra se ti vo zu dan fer gol hin jap kor lam nes pit qua sor tul vex win yar'.split(' ')

/** 3,000 words; texts use the first ones often and the last ones hardly ever (Zipf). */
export const words: readonly string[] = (() => {
  const random = createRandom(7)
  const made = new Set<string>()
  while (made.size < 3_000) made.add(Array.from({ length: 2 + random.int(3) }, () => random.of(syllables)).join(''))
  return [...made]
})()

export const text = (random: Random, length: number) => Array.from({ length }, () => random.skewed(words)).join(' ')

/** Words that 2 to 10 % of the created tasks contain. */
export const searchable = words.slice(60, 400)
