import { isTaskwireError, limits, type MediaFile, type TaskwireClient } from '../../../sdk/index.ts'
import { formErrors } from '../lib/form-errors.ts'
import { createStore } from '../lib/store.ts'

/** Where files go. */
export interface UploadPlace {
  project?: number
  taskId?: number
}

export interface UploadItem {
  key: number
  file: File
  place: UploadPlace
  state: 'waiting' | 'sending' | 'stored' | 'failed'
  /** From 0 to 1. */
  sent: number
  error: string | null
}

type Stored = (file: MediaFile, key: number) => void

const mostAtOnce = 3
/** Long enough to be seen. */
const storedForMs = 2_500

const megabytes = limits.mediaFileBytes / 1024 / 1024

/** Why a file was not taken, in words for whoever chose it. */
function reasonOf(error: unknown): string {
  const { fields, whole } = formErrors(error, ['file'])
  if (isTaskwireError(error, 'insufficient_storage')) return 'The server has no room left. Ask an administrator.'
  if (isTaskwireError(error, 'payload_too_large', 'unsupported_media_type', 'validation_error')) {
    // "has macros: …" is said of the file.
    if (fields.file !== undefined) return `This ${fields.file.charAt(0).toLowerCase()}${fields.file.slice(1)}.`
    return `${whole ?? error.message}.`
  }
  return whole ?? 'It could not be stored.'
}

/** Files on their way to the server, some at a time, wherever on the page one is meanwhile. */
export function createUploads({ client }: { client: TaskwireClient }) {
  const store = createStore<readonly UploadItem[]>([])
  const aborts = new Map<number, AbortController>()
  const listeners = new Set<Stored>()
  let lastKey = 0

  const patch = (key: number, part: Partial<UploadItem>) =>
    store.set(items => items.map(item => (item.key === key ? { ...item, ...part } : item)))
  const remove = (key: number) => store.set(items => items.filter(item => item.key !== key))

  function stay(event: BeforeUnloadEvent) {
    event.preventDefault()
  }

  function sendNext() {
    const items = store.get()
    const sending = items.filter(({ state }) => state === 'sending').length
    const next = items.find(({ state }) => state === 'waiting')
    if (sending === 0 && !next) removeEventListener('beforeunload', stay)
    if (!next || sending >= mostAtOnce) return
    addEventListener('beforeunload', stay)
    void send(next)
    sendNext()
  }

  async function send({ key, file, place }: UploadItem) {
    const abort = new AbortController()
    aborts.set(key, abort)
    patch(key, { state: 'sending', sent: 0, error: null })
    try {
      const [stored] = await client.media.upload(file, {
        ...place,
        signal: abort.signal,
        onProgress: ({ sent, total }) => patch(key, { sent: total > 0 ? sent / total : 0 }),
      })
      patch(key, { state: 'stored', sent: 1 })
      setTimeout(() => remove(key), storedForMs)
      for (const listener of listeners) if (stored) listener(stored, key)
    } catch (error) {
      if (!abort.signal.aborted) patch(key, { state: 'failed', error: reasonOf(error) })
    } finally {
      aborts.delete(key)
      sendNext()
    }
  }

  return {
    store,
    /** @returns their keys */
    add(files: readonly File[], place: UploadPlace): number[] {
      const added = files.map((file): UploadItem => {
        const tooBig = file.size > limits.mediaFileBytes
        const error = tooBig ? `This is larger than ${megabytes} MB, the most that a file may have.` : null
        return { key: (lastKey += 1), file, place, state: tooBig ? 'failed' : 'waiting', sent: 0, error }
      })
      store.set(items => [...items, ...added])
      sendNext()
      return added.map(({ key }) => key)
    },
    /** On its way it is given up; otherwise its line goes. */
    drop(key: number) {
      aborts.get(key)?.abort()
      remove(key)
    },
    again(key: number) {
      patch(key, { state: 'waiting', error: null })
      sendNext()
    },
    /** @returns what ends it */
    onStored(listener: Stored) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    stop() {
      for (const abort of aborts.values()) abort.abort()
      store.set(() => [])
      removeEventListener('beforeunload', stay)
    },
  }
}
export type Uploads = ReturnType<typeof createUploads>

declare module '../lib/page.ts' {
  interface Page {
    uploads: Uploads
  }
}
