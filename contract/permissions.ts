import { z } from 'zod'
import { resourcesOfApi, transfers } from './api-resources.ts'
import type { KeyNeed, Operation, Resource } from './define.ts'
import { type EventName, resources } from './resources.ts'
import type { Room } from './rooms.ts'

/** What an API key may be allowed to do: `tasks:read`, `events:publish`, `metrics:read`, `admin`. */
export type Permission = Exclude<KeyNeed, 'never' | 'rooms'>

const needs = new Map<Operation, KeyNeed>()
const sets: [string, Record<string, Operation>][] = [
  ...Object.entries<Resource>(resourcesOfApi).map(([name, { operations }]): [string, typeof operations] => [
    name,
    operations,
  ]),
  ...Object.entries(transfers),
]

/** The usual need of an operation, by the name of its resource in the contract. */
function usualNeed(resource: string, { access, permission, method }: Operation): KeyNeed {
  if (access === 'admin') return 'admin'
  return permission ?? `${resource}:${method === 'get' ? 'read' : 'write'}`
}

for (const [resource, set] of sets)
  for (const operation of Object.values(set))
    if (operation.access !== 'public') needs.set(operation, operation.key ?? usualNeed(resource, operation))

/**
 * What an API key needs for an operation that is not public: a permission; `rooms` when the rooms in the input decide
 * (`permissionOfRoom`); `never` when no key may call it. An operation that is not in the contract takes no keys.
 */
export const keyNeedOf = (operation: Operation): KeyNeed => operation.key ?? needs.get(operation) ?? 'never'

const named = [...needs.keys()].flatMap(({ permission }) => permission ?? [])
/** Those that an account has only if it was given them, or is an administrator's. */
const forFew: readonly string[] = [...new Set([...named, 'metrics:read', 'admin'])]

const names = [...Object.keys(resourcesOfApi), ...forFew]
const rank = (permission: Permission) =>
  names.indexOf(forFew.includes(permission) ? permission : permission.split(':')[0]!) * 2 +
  (permission.endsWith(':write') ? 1 : 0)

/** All permissions that a key can have: by resource, reading first. */
export const permissions: readonly Permission[] = [...new Set(needs.values())]
  .filter((need): need is Permission => need !== 'never' && need !== 'rooms')
  .toSorted((one, other) => rank(one) - rank(other))

/** Those that every account has: what it reads and changes by them is judged by the policy of each feature. */
export const ordinaryPermissions: ReadonlySet<string> = new Set(
  permissions.filter(permission => !forFew.includes(permission)),
)

export const Permission = z.enum(permissions as unknown as [Permission, ...Permission[]]).meta({ id: 'Permission' })

const topicPermissions = new Map<string, Permission>(
  Object.entries<Resource>(resources).flatMap(([name, { topic, operations }]) =>
    // A topic has the name of the resource that it is of; others only send their events there, too.
    topic === name && 'list' in operations ? [[topic, `${name}:read` as const]] : [],
  ),
)

/** The permission that an API key of this person needs to join a room. */
export function permissionOfRoom(room: Room, personId: number): Permission {
  switch (room.kind) {
    case 'topic':
      return topicPermissions.get(room.name) ?? 'admin'
    case 'project':
      return 'projects:read'
    case 'user':
      return room.id === personId ? 'notifications:read' : 'admin'
    case 'admin':
      return 'admin'
  }
}

/** Events that say what a member of a room may no longer see; whoever may join the room must get them. */
const aboutRights: readonly string[] = [
  'access_changed',
  ...Object.values<Resource>(resources).flatMap(({ endOfContents }) => endOfContents ?? []),
]

const eventPermissions = new Map<string, Permission>(
  Object.entries<Resource>(resources).flatMap(([name, { events = {} }]) => {
    const permission = `${name}:read` as const
    if (!permissions.includes(permission)) return []
    return Object.keys(events).flatMap(event => (aboutRights.includes(event) ? [] : [[event, permission] as const]))
  }),
)

/**
 * The permission that an API key needs for an event in a room that it may join: that for reading the thing. Null for
 * events that everybody in the room gets: those of applications, and those that say which rights have ended.
 */
export const permissionOfEvent = (event: EventName | (string & {})): Permission | null =>
  eventPermissions.get(event) ?? null
