interface BrowserGlobals {
  navigator?: { onLine?: boolean }
  document?: {
    visibilityState?: string
    addEventListener(name: string, listener: () => void): void
    removeEventListener(name: string, listener: () => void): void
  }
  addEventListener?(name: string, listener: () => void): void
  removeEventListener?(name: string, listener: () => void): void
}

const globals = globalThis as BrowserGlobals

/** True where it is unknown, as in Node. */
export const browserIsOnline = (): boolean => globals.navigator?.onLine !== false

/**
 * Calls back when the network is lost, and when there is a reason to try at once: the network is back, or the page is
 * visible again.
 */
export function watchNetwork({ lost, retry }: { lost: () => void; retry: () => void }): () => void {
  const { document } = globals
  const looked = () => document?.visibilityState === 'visible' && retry()
  globals.addEventListener?.('offline', lost)
  globals.addEventListener?.('online', retry)
  document?.addEventListener('visibilitychange', looked)
  return () => {
    globals.removeEventListener?.('offline', lost)
    globals.removeEventListener?.('online', retry)
    document?.removeEventListener('visibilitychange', looked)
  }
}
