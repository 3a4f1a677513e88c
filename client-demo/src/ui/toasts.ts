import { createStore } from '../store.ts'

export interface Toast {
  id: number
  tone: 'plain' | 'error'
  text: string
}

const shownForMs = { plain: 4_500, error: 8_000 }

/** Short messages at the edge of the page. Errors are also announced at once. */
export function createToasts() {
  const store = createStore<readonly Toast[]>([])
  let last = 0

  const dismiss = (id: number) => store.set(toasts => toasts.filter(toast => toast.id !== id))

  function show(tone: Toast['tone'], text: string) {
    const id = (last += 1)
    // The same complaint twenty times is one complaint.
    store.set(toasts => [...toasts.filter(toast => toast.text !== text), { id, tone, text }].slice(-4))
    setTimeout(() => dismiss(id), shownForMs[tone])
  }

  return { store, dismiss, say: (text: string) => show('plain', text), error: (text: string) => show('error', text) }
}
export type Toasts = ReturnType<typeof createToasts>
