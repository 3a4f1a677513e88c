export interface OutboundRequest {
  method?: 'GET' | 'POST'
  url: string
  headers?: Record<string, string>
  body?: string
  /** For all of it: finding the address, connecting, sending, the whole answer. */
  timeoutMs: number
  /** Of the answer, unpacked. What is beyond is not read. */
  maxBytes: number
  /** Gives up; the call then rejects with its reason. */
  signal?: AbortSignal
}

export interface OutboundAnswer {
  /** Redirects too: they are not followed. */
  status: number
  /** By their names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Buffer
  /** It had more than `maxBytes`. */
  cut: boolean
}

/**
 * Why there is no answer. `not_allowed`: the address is none of the public internet, so trying again is of no use;
 * `unreadable`: it is packed in a way that cannot be unpacked; the others may pass.
 */
export type OutboundFailure = 'not_allowed' | 'unreachable' | 'timeout' | 'unreadable'

export class OutboundError extends Error {
  readonly reason: OutboundFailure
  constructor(reason: OutboundFailure, cause?: unknown) {
    super(`no answer: ${reason}`, { cause })
    this.reason = reason
  }
}

/**
 * One request to somebody else's server, over HTTP or HTTPS, at an address that a stranger may have chosen. Sent at most
 * once, over a connection of its own. What comes back is the stranger's too.
 *
 * @throws OutboundError
 */
export type Outbound = (request: OutboundRequest) => Promise<OutboundAnswer>
