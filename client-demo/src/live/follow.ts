import { isInStep, type LiveEvent } from '../../../sdk/index.ts'
import type { Live } from './live.ts'

interface Follower {
  hear: (event: LiveEvent) => void
  load: () => void
  /** After a gap that the log could not fill; the same as loading, if it is not given. */
  reset?: () => void
  /** The line is whole again: what has failed can be tried again. */
  retry: () => void
}

/** Keeps something loaded and in step for as long as somebody looks at it. @returns what ends it */
export function followLive(live: Live, { hear, load, reset = load, retry }: Follower): () => void {
  let hasEnded = false
  const stops = [
    live.onEvent(hear),
    live.onReset(reset),
    live.status.subscribe(() => isInStep(live.status.get()) && retry()),
  ]
  load()
  // What happened between this answer and the first join nobody tells.
  if (!live.hasJoined()) live.whenLive(() => hasEnded || load())
  return () => {
    hasEnded = true
    for (const stop of stops) stop()
  }
}
