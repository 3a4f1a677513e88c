import type { ErrorCode } from '../contract/index.ts'

/** What to do about a socket that is gone, judged by the last error code that the server gave, if any. */
export type Verdict = 'retry' | 'wait' | 'renew' | 'end'

const verdicts: Partial<Record<ErrorCode, Verdict>> = {
  session_ended: 'end',
  account_disabled: 'end',
  token_expired: 'renew',
  unauthenticated: 'renew',
  // Coming back at once would only be refused again.
  rate_limited: 'wait',
}

export const verdictOn = (code: string | undefined): Verdict => verdicts[code as ErrorCode] ?? 'retry'

/** `offline` means that trying is pointless for now: no network, or nobody is signed in. */
export type LiveStatus = 'live' | 'reconnecting' | 'offline'

export type Phase =
  | { at: 'stopped' }
  | { at: 'connecting' }
  | { at: 'joining' }
  | { at: 'live' }
  | { at: 'waiting' }
  | { at: 'ended'; code: string }

export function statusOf(phase: Phase, browserIsOnline: boolean): LiveStatus {
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
