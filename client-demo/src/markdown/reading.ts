export type Reading = typeof import('../../../sdk/markdown/index.ts')

let loading: Promise<Reading> | undefined
let tried: Promise<Reading | null> | undefined

/** What reads Markdown, loaded when the first text is to be read. Rejects without a network; the next call tries again. */
export function loadReading(): Promise<Reading> {
  loading ??= import('../../../sdk/markdown/index.ts')
  loading.catch(() => (loading = undefined))
  return loading
}

/** The same for what is shown at once: null when it cannot be loaded, and then a text is shown as it was typed. */
export function tryReading(): Promise<Reading | null> {
  tried ??= loadReading().catch(() => {
    tried = undefined
    return null
  })
  return tried
}
