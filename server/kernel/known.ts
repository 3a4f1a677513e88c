import type { User } from '../../contract/index.ts'
import type { CallKey } from './scope.ts'

/** Who calls by a session. */
export interface KnownSession {
  person: User
  sessionId: string
  key?: undefined
  /** When the token expires. */
  expiresAt: string
  /** When the person last signed in or showed their password in this session. */
  authenticatedAt: string
}

/** Who calls by an API key. */
export interface KnownKey {
  person: User
  sessionId: null
  key: CallKey
  /** When the key, or its former secret that was shown, stops working; null for never. */
  expiresAt: string | null
}

/** Who calls, as credentials have shown. */
export type Known = KnownSession | KnownKey
