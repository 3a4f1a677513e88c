import type { Person, Session, User } from '../../../contract/index.ts'
import { deviceOf } from './device.ts'
import type { SessionRow } from './sessions.queries.ts'

/** Lists each field, so that a column that is added later (or a hash that was read along) is not sent automatically. */
export const presentUser = (row: User): User => ({
  id: row.id,
  email: row.email,
  username: row.username,
  name: row.name,
  role: row.role,
  permissions: row.permissions,
  tier: row.tier,
  is_active: row.is_active,
  is_verified: row.is_verified,
  is_banned: row.is_banned,
  two_factor: row.two_factor,
  has_password: row.has_password,
  created_at: row.created_at,
  last_seen_at: row.last_seen_at,
})

export const presentPerson = ({ id, username, name }: Person): Person => ({ id, username, name })

/** @param currentId the caller's session */
export const presentSession = (row: SessionRow, currentId: string): Session => ({
  id: row.id,
  device: deviceOf(row.user_agent),
  ip_address: row.ip_address,
  user_agent: row.user_agent,
  last_active_at: row.last_active_at,
  expires_at: row.expires_at,
  current: row.id === currentId,
})
