interface DraftsOptions {
  /** Where they outlive the page; null where the browser keeps nothing. */
  storage: Storage | null
  /** Whose they are. On a computer that several people use, nobody sees another's. */
  person: number
  /** Where the page lies: another one on the same host has people of its own. */
  basePath?: string
  nowMs?: () => number
  /** Tells of what other tabs change in the storage. */
  watch?: (listener: (change: { key: string | null; newValue: string | null }) => void) => () => void
}

interface Kept {
  atMs: number
  value: unknown
}

const prefix = 'taskwire.draft.'
/** Of one person. The oldest go first. */
const most = 50
const keptForMs = 30 * 24 * 3_600_000

/**
 * What somebody has begun to write, by the thing that it is about: kept when they leave, whichever way, and there again when
 * they come back to it. Who stores it or throws it away deletes it.
 */
export function createDrafts(options: DraftsOptions) {
  const { storage, basePath = '', person, nowMs = Date.now, watch = () => () => {} } = options
  const own = `${prefix}${basePath}${person}.`
  /** What could not be stored: kept while the page is open. */
  const unstored = new Map<string, unknown>()

  const keys = () => (storage ? Array.from({ length: storage.length }, (_, at) => storage.key(at)!) : [])

  function read(key: string): Kept | null {
    try {
      const kept = JSON.parse(storage?.getItem(key) ?? 'null') as Kept | null
      return kept !== null && typeof kept.atMs === 'number' ? kept : null
    } catch {
      return null
    }
  }

  /** Of anybody, what is too old or cannot be read; of this person, what is too much. */
  function tidy(room: number) {
    const kept = new Map(keys().flatMap(key => (key.startsWith(prefix) ? [[key, read(key)] as const] : [])))
    for (const [key, draft] of kept) {
      if (draft !== null && draft.atMs > nowMs() - keptForMs) continue
      storage?.removeItem(key)
      kept.delete(key)
    }
    const mine = [...kept].filter(([key]) => key.startsWith(own)).toSorted((a, b) => b[1]!.atMs - a[1]!.atMs)
    for (const [key] of mine.slice(room)) storage?.removeItem(key)
  }
  if (storage) tidy(most)

  function store(thing: string, value: unknown): boolean {
    const key = own + thing
    const text = JSON.stringify({ atMs: nowMs(), value } satisfies Kept)
    if (!storage) return false
    if (storage.getItem(key) === null) tidy(most - 1)
    // When the browser has no room, the older half of what is kept makes some.
    for (const room of [null, most / 2, 0]) {
      try {
        if (room !== null) tidy(room)
        storage.setItem(key, text)
        return true
      } catch {
        continue
      }
    }
    return false
  }

  return {
    /** @param thing such as `task:7` */
    get: (thing: string): unknown => unstored.get(thing) ?? read(own + thing)?.value,
    set(thing: string, value: unknown) {
      if (store(thing, value)) unstored.delete(thing)
      else unstored.set(thing, value)
    },
    delete(thing: string) {
      unstored.delete(thing)
      storage?.removeItem(own + thing)
    },
    /** Everything that this person has begun. */
    deleteAll() {
      unstored.clear()
      for (const key of keys()) if (key.startsWith(own)) storage?.removeItem(key)
    },
    /**
     * Another tab has stored the same thing, or thrown it away: that is not what was typed in this one.
     *
     * @returns what ends it
     */
    onDeletedElsewhere: (thing: string, listener: () => void) =>
      watch(({ key, newValue }) => void (key === own + thing && newValue === null && listener())),
    /** Whether there is something that would be lost with the page. */
    isAtRisk: () => unstored.size > 0,
  }
}
export type Drafts = ReturnType<typeof createDrafts>

declare module '../lib/page.ts' {
  interface Page {
    /** What was begun and not stored: whoever leaves loses nothing. */
    drafts: Drafts
  }
}
