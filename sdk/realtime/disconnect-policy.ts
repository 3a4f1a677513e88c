import type { ErrorCode } from '../../contract/index.ts'

/** What to do about a socket that is gone, judged by the last error code that the server gave, if any. */
export type DisconnectPolicy = 'retry' | 'wait' | 'renew' | 'end'

const policies: Partial<Record<ErrorCode, DisconnectPolicy>> = {
  session_ended: 'end',
  account_disabled: 'end',
  token_expired: 'renew',
  unauthenticated: 'renew',
  // Coming back at once would only be refused again.
  rate_limited: 'wait',
}

export const policyOn = (code: string | undefined): DisconnectPolicy => policies[code as ErrorCode] ?? 'retry'

/**
 * `paged`: no socket gets through, and what happens comes by plain requests, every few seconds; who is there is not known.
 * `offline` means that trying is pointless for now: no network, or nobody is signed in.
 */
export type LiveStatus = 'live' | 'paged' | 'reconnecting' | 'offline'

/** Whether what happens comes, sooner or a little later, from a position that is known. */
export const isInStep = (status: LiveStatus): boolean => status === 'live' || status === 'paged'

export type Phase =
  | { at: 'stopped' }
  | { at: 'connecting' }
  | { at: 'joining' }
  | { at: 'live' }
  | { at: 'waiting' }
  | { at: 'ended'; code: string }

export function statusOf(phase: Phase, browserIsOnline: boolean): Exclude<LiveStatus, 'paged'> {
  switch (phase.at) {
    case 'live':
      return 'live'
    case 'stopped':
    case 'ended':
      return 'offline'
    case 'connecting':
    case 'joining':
    case 'waiting':
      return browserIsOnline ? 'reconnecting' : 'offline'
    default:
      return phase satisfies never
  }
}
