export interface OutboundRequest {
  method?: 'GET' | 'POST'
  url: string
  headers?: Record<string, string>
  body?: string
  /** For the whole request: resolving the name, connecting, sending, receiving the answer. */
  timeoutMs: number
  /** Bytes of the answer, decompressed. What follows is not read. With 0 the answer is its status and its headers. */
  maxBytes: number
  /** Aborts the request; the call then rejects with the signal's reason. */
  signal?: AbortSignal
  /**
   * For whom the connection may stay open: for further requests with the same value to the same server. The request is
   * then sent a second time if the server closed such a connection meanwhile, so it must be one that may arrive twice.
   */
  sharedBy?: string
}

export interface OutboundAnswer {
  /** Redirects too; they are not followed. */
  status: number
  /** By name in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Buffer
  /** Whether the answer had more than `maxBytes`. */
  cut: boolean
}

/**
 * Why there is no answer. `not_allowed`: the address is not on the public internet, so a retry is useless;
 * `unreadable`: the answer cannot be decompressed; the others may pass.
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
 * One request to another server, over HTTP or HTTPS, at an address that a user may have chosen. Unless it
 * says `sharedBy`, it is sent at most once, over a connection of its own. The answer is as untrusted as the address.
 *
 * @throws OutboundError
 */
export type Outbound = (request: OutboundRequest) => Promise<OutboundAnswer>

/**
 * Whether an address may be called, as far as can be told now, with what is wrong; null when nothing is known to be. A
 * name that cannot be resolved now passes, because each request checks again.
 */
export type OutboundCheck = (url: string) => Promise<string | null>
