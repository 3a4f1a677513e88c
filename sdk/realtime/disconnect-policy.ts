import type { ErrorCode } from '../../contract/index.ts'

/** What to do about a closed socket, by the last error code of the server, if there was one. */
export type DisconnectPolicy = 'retry' | 'wait' | 'renew' | 'end'

const policies: Partial<Record<ErrorCode, DisconnectPolicy>> = {
  session_ended: 'end',
  account_disabled: 'end',
  token_expired: 'renew',
  unauthenticated: 'renew',
  // Reconnecting at once would only be refused again.
  rate_limited: 'wait',
}

export const policyOn = (code: string | undefined): DisconnectPolicy => policies[code as ErrorCode] ?? 'retry'

/**
 * `paged`: no socket can be opened, so events are read by plain requests every few seconds, and presence is unknown.
 * `offline`: trying is useless for now, because there is no network or nobody is signed in.
 */
export type LiveStatus = 'live' | 'paged' | 'reconnecting' | 'offline'

/** Whether events arrive, sooner or a little later, from a known position. */
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
