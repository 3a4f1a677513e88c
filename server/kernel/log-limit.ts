/** Writes one line; `leftOut` is how many lines of its kind were omitted since the last one. */
export type WriteLine = (leftOut: number) => void

/**
 * Lets a number of log lines of each kind through per second and counts the rest. A client that causes a line with each
 * request must not be able to fill the disk or keep the process busy with writing.
 */
export function createLogLimit(perSecond: number): (kind: string, write: WriteLine) => void {
  const kinds = new Map<string, { since: number; written: number; leftOut: number }>()

  return (kind, write) => {
    const now = performance.now()
    const state = kinds.get(kind) ?? { since: now, written: 0, leftOut: 0 }
    kinds.set(kind, state)
    if (now - state.since >= 1_000) Object.assign(state, { since: now, written: 0 })
    if (state.written >= perSecond) return void state.leftOut++
    state.written++
    write(state.leftOut)
    state.leftOut = 0
  }
}
