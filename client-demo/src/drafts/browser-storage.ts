/** The browser's storage; null where it is switched off. */
export function browserStorage(): Storage | null {
  try {
    return localStorage
  } catch {
    return null
  }
}

/** Tells of what other tabs change in it. @returns what ends it */
export function watchStorage(listener: (change: { key: string | null; newValue: string | null }) => void): () => void {
  addEventListener('storage', listener)
  return () => removeEventListener('storage', listener)
}
