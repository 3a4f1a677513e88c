import { createStore } from '../lib/store.ts'

/** What a keyboard move did, for those who do not see it. Said again though it is the same: the serial makes it news. */
export function createAnnouncer() {
  const store = createStore({ text: '', serial: 0 })
  return { store, say: (text: string) => store.set(({ serial }) => ({ text, serial: serial + 1 })) }
}
export type Announcer = ReturnType<typeof createAnnouncer>

declare module '../lib/page.ts' {
  interface Page {
    announcer: Announcer
  }
}
