import { nowMs } from '../lib/client.ts'
import { createStore } from '../lib/state.ts'

export interface Toast {
  id: number
  tone: 'plain' | 'error'
  text: string
}

/** What was said, for whoever missed it. */
export interface Said extends Toast {
  at: string
}

/** At least so long, and as long as it takes to read: some do it slowly, and some hear it. */
const shownForMs = { plain: 5_000, error: 9_000 }
const perLetterMs = 60
/** Of those that were said, the last are kept while the page is open. */
const mostSaid = 50

/** Short messages at the edge of the page. Errors are also announced at once. */
export function createToasts() {
  const store = createStore<readonly Toast[]>([])
  const history = createStore<readonly Said[]>([])
  /** How much longer each is to be seen, by id; counted while nobody holds them. */
  const left = new Map<number, number>()
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let runningSinceMs = 0
  let isHeld = false
  let last = 0

  function dismiss(id: number) {
    clearTimeout(timers.get(id))
    timers.delete(id)
    left.delete(id)
    store.set(toasts => toasts.filter(toast => toast.id !== id))
  }

  function run(id: number) {
    timers.set(
      id,
      setTimeout(() => dismiss(id), left.get(id)),
    )
  }

  /** Looked at, or nobody looks at the page: they stay until that ends. */
  function hold(on: boolean) {
    if (on === isHeld) return
    isHeld = on
    const now = performance.now()
    for (const [id, ms] of left) {
      clearTimeout(timers.get(id))
      if (on) left.set(id, Math.max(1_000, ms - (now - runningSinceMs)))
      else run(id)
    }
    runningSinceMs = now
  }

  function show(tone: Toast['tone'], text: string) {
    const toast = { id: (last += 1), tone, text }
    // The same complaint twenty times is one complaint.
    for (const { id } of store.get().filter(other => other.text === text)) dismiss(id)
    for (const { id } of store.get().slice(0, -3)) dismiss(id)
    store.set(toasts => [...toasts, toast])
    history.set(all => [{ ...toast, at: new Date(nowMs()).toISOString() }, ...all].slice(0, mostSaid))
    left.set(toast.id, shownForMs[tone] + text.length * perLetterMs)
    if (!isHeld) run(toast.id)
  }

  return {
    store,
    history,
    dismiss,
    hold,
    say: (text: string) => show('plain', text),
    error: (text: string) => show('error', text),
  }
}
export type Toasts = ReturnType<typeof createToasts>

declare module '../lib/page.ts' {
  interface Page {
    toasts: Toasts
  }
}
