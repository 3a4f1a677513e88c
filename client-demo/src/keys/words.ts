import { type ApiKey, type Permission, permissions, type User } from '../../../sdk/index.ts'
import { formatMoment } from '../lib/format.ts'

/** What the things are called that permissions are about; others are called as the server names them. */
const things: Record<string, string> = {
  account: 'Your account',
  people: 'People',
  projects: 'Projects',
  tasks: 'Tasks',
  comments: 'Comments',
  media: 'Files',
  posts: 'Posts',
  videos: 'Videos',
  notifications: 'Notifications',
  jobs: 'Jobs',
  flags: 'Feature flags',
  exports: 'Exports',
  activity: 'Activity',
  webhooks: 'Webhooks',
}

/** Permissions that not everybody has, with what they let a key do. */
const forFew: Partial<Record<Permission, string>> = {
  'events:publish': 'Publish events',
  'metrics:read': 'Read metrics',
  admin: 'Administer',
}

const thingOf = (permission: Permission) => permission.split(':')[0]!

/** What a key may read and write, by what it is about. */
export const permissionsByThing: readonly [name: string, permissions: readonly Permission[]][] = [
  ...Map.groupBy(
    permissions.filter(permission => forFew[permission] === undefined),
    thingOf,
  ),
].map(([thing, some]) => [things[thing] ?? thing, some])

/** Those for few that this person could give. */
export const furtherPermissions = ({ role, permissions: own }: User): readonly Permission[] =>
  permissions.filter(permission => forFew[permission] !== undefined && (role === 'admin' || own.includes(permission)))

/** The name of a checkbox: its group says what it is about. */
export const deedOf = (permission: Permission): string =>
  forFew[permission] ?? (permission.endsWith(':read') ? 'Read' : 'Write')

/** `Tasks (read, write), Posts (read)` */
export function permissionsInWords(given: readonly string[]): string {
  const parts = permissionsByThing.flatMap(([thing, some]) => {
    const deeds = some.filter(one => given.includes(one)).map(one => deedOf(one).toLowerCase())
    return deeds.length === 0 ? [] : `${thing} (${deeds.join(', ')})`
  })
  const further = permissions.filter(one => forFew[one] !== undefined && given.includes(one)).map(deedOf)
  return [...parts, ...further].join(', ')
}

/** Why it works no more; null while it does. */
export function whyOver({ revoked_at, expires_at }: ApiKey, nowMs: number): string | null {
  if (revoked_at !== null) return 'Revoked'
  return expires_at !== null && Date.parse(expires_at) <= nowMs ? 'Expired' : null
}

export const expiryInWords = ({ expires_at }: ApiKey): string =>
  expires_at === null ? 'Never expires' : `Expires ${formatMoment(expires_at)}`
