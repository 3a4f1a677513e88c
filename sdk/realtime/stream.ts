/**
 * The position of a client in the event log. Pure, without access to the socket.
 *
 * Offsets rise and each event comes once. They go back only in the block that a join replays, so joining sets the
 * position to the beginning of that block. When the connection breaks during the block, the next join resumes from the
 * middle. Nothing is lost, and events that other rooms brought meanwhile come again and are recognised by their
 * version.
 */
export interface StreamState {
  epoch: string | null
  /** Everything up to here has been received; null means not joined yet. */
  position: number | null
  /** The number of events of a replay that are still to come, and the position at its end. */
  replay: { left: number; upTo: number } | null
}

export interface Joined {
  epoch: string
  offset: number
  recovered: boolean
  missed: number
}

export const emptyStream: StreamState = { epoch: null, position: null, replay: null }

/** The position to send with a join; nothing before the first position is known. */
export const resumeFrom = ({ epoch, position }: StreamState): { since?: number; epoch?: string } =>
  epoch === null || position === null ? {} : { since: position, epoch }

/**
 * Processes the answer to a join. `since` is what the join asked for; `reset` means that the log could not fill the
 * gap, so reload over REST.
 */
export function joined(answer: Joined, since: number | undefined): { state: StreamState; reset: boolean } {
  const { epoch, offset, recovered, missed } = answer
  if (!recovered || missed === 0 || since === undefined) {
    return { state: { epoch, position: offset, replay: null }, reset: !recovered }
  }
  return { state: { epoch, position: since, replay: { left: missed, upTo: offset } }, reset: false }
}

/** Processes a message. `weight`: how many events of the log it stands for; one, except for bulk messages. */
export function received(state: StreamState, offset: number, weight = 1): { state: StreamState; deliver: boolean } {
  if (state.position === null || offset <= state.position) return { state, deliver: false }
  const { replay } = state
  if (!replay || offset > replay.upTo) return { state: { ...state, position: offset, replay: null }, deliver: true }
  const left = replay.left - weight
  const rest = left > 0 ? { position: offset, replay: { ...replay, left } } : { position: replay.upTo, replay: null }
  return { state: { ...state, ...rest }, deliver: true }
}
