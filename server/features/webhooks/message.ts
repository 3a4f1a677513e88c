/** What a webhook gets about an event. */
export interface MessageParts {
  type: string
  /** The time of the event. */
  timestamp: string
  data: unknown
  /** Its place in the log, and that of the message before it; null for a test. */
  offset: number | null
  previous_offset: number | null
  /** Which log it is (`GET /events` takes it). */
  epoch: string | null
}

/** The body of a message, as it is signed and sent. */
export const messageBody = ({ type, timestamp, data, offset, previous_offset, epoch }: MessageParts): string =>
  JSON.stringify({ type, timestamp, data, offset, previous_offset, epoch })
