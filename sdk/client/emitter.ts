/** Listeners by name. An error in one listener does not keep the others from being called. */
export function createEmitter<Events extends { [Name in keyof Events]: unknown[] }>() {
  const listeners: { [Name in keyof Events]?: Set<(...args: Events[Name]) => void> } = {}

  return {
    /** Adds a listener. Returns a function that removes it. */
    on<Name extends keyof Events>(name: Name, listener: (...args: Events[Name]) => void): () => void {
      const known = (listeners[name] ??= new Set())
      known.add(listener)
      return () => void known.delete(listener)
    },

    emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): void {
      for (const listener of listeners[name] ?? []) {
        try {
          listener(...args)
        } catch (error) {
          queueMicrotask(() => {
            throw error
          })
        }
      }
    },
  }
}
