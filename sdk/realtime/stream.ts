/**
 * Where a client stands in the event log. Pure: the socket is somewhere else.
 *
 * Offsets rise, each event comes once. The only time they go back is the block that a join replays, so joining sets the
 * position to where that block begins. Breaking off in its middle then resumes from the middle: nothing is lost, and
 * what other rooms brought meanwhile comes again, to be recognised by its version.
 */
export interface StreamState {
  epoch: string | null
  /** Everything up to here has been seen; null = not joined yet. */
  position: number | null
  /** How much of a replay is still to come, and the position that its end stands for. */
  replay: { left: number; upTo: number } | null
}

export interface Joined {
  epoch: string
  offset: number
  recovered: boolean
  missed: number
}

export const emptyStream: StreamState = { epoch: null, position: null, replay: null }

/** What to send along with a join: nothing before the first position is known. */
export const resumeFrom = ({ epoch, position }: StreamState): { since?: number; epoch?: string } =>
  epoch === null || position === null ? {} : { since: position, epoch }

/** `since` is what the join asked for; `reset` tells that the log could not fill the gap: reload over REST. */
export function joined(answer: Joined, since: number | undefined): { state: StreamState; reset: boolean } {
  const { epoch, offset, recovered, missed } = answer
  if (!recovered || missed === 0 || since === undefined) {
    return { state: { epoch, position: offset, replay: null }, reset: !recovered }
  }
  return { state: { epoch, position: since, replay: { left: missed, upTo: offset } }, reset: false }
}

/** `weight`: how many events of the log this message stands for; one, but for bulk messages. */
export function received(state: StreamState, offset: number, weight = 1): { state: StreamState; deliver: boolean } {
  if (state.position === null || offset <= state.position) return { state, deliver: false }
  const { replay } = state
  if (!replay || offset > replay.upTo) return { state: { ...state, position: offset, replay: null }, deliver: true }
  const left = replay.left - weight
  const rest = left > 0 ? { position: offset, replay: { ...replay, left } } : { position: replay.upTo, replay: null }
  return { state: { ...state, ...rest }, deliver: true }
}
