import { type ErrorCode, parseRoom, type Permission, permissionOfRoom, type Room } from '../../../contract/index.ts'
import { type Rights, seesProject } from '../../events/index.ts'
import type { Connection } from '../../ports/database.ts'
import { type Action, isAdministrator, type Person, refusalOf } from '../../kernel/can.ts'
import { AppError, notFound } from '../../kernel/errors.ts'
import type { CallKey } from '../../kernel/scope.ts'
import { readableIds } from '../projects/index.ts'

/** What a person may see now, themselves or with an API key. */
export async function rightsOf(db: Connection, person: Person, key?: Pick<CallKey, 'permissions'>): Promise<Rights> {
  const admin = isAdministrator(person)
  const projects = new Set(admin ? [] : await readableIds(db, person.id))
  return { personId: person.id, admin, projects, ...(key && { permissions: new Set(key.permissions) }) }
}

/**
 * The only check for rooms: for joining them, reading their past and seeing who is in them. Accepts all rooms or none.
 *
 * @param isElsewhere whether the caller's address is none from which administrators may administer
 * @throws AppError with the refused names in `field_errors`; its code is the first refusal's
 */
export async function admit(
  db: Connection,
  names: readonly string[],
  rights: Rights,
  isElsewhere = false,
): Promise<Room[]> {
  // What the account has beyond its role is not known here: rooms need permissions that everybody has, or an administrator.
  const { personId: id, admin, permissions } = rights
  const caller = {
    person: { id, role: admin ? 'admin' : 'user' },
    isElsewhere,
    ...(permissions && { key: { permissions: [...permissions] } }),
  } as const
  const rooms = names.map(name => ({ name, room: parseRoom(name) }))
  const gone = await missingProjects(
    db,
    rooms.flatMap(({ room }) => (rights.admin && room?.kind === 'project' ? [room.id] : [])),
  )
  const refused = rooms.flatMap(({ name, room }) => {
    if (!room) return [{ name, code: 'validation_error' as const }]
    const isReadable = room.kind === 'project' && seesProject(rights, room.id) && !gone.has(room.id)
    const refusal = refusalOf(caller, joinRoom[room.kind], { room, isReadable })
    return refusal
      ? [{ name, code: refusal.code as Refusal, ...(refusal.details as Pick<RefusedRoom, 'permission'>) }]
      : []
  })
  if (refused.length > 0) throw refusedRooms(refused)
  return rooms.map(({ room }) => room!)
}

/**
 * The number of rooms that a call may name, and the longest name that is repeated in an error; it is longer than the
 * name of any room.
 */
const mostNamed = 100
const longestName = 100

/**
 * The error of a join that is all or nothing: names each refused room; its code is that of the first one. Its cause is
 * that somebody may not join one of them, whichever it is (for the audit log).
 */
export function refusedRooms(refused: readonly RefusedRoom[]): AppError {
  const named = refused.slice(0, mostNamed).map(one => ({ ...one, name: one.name.slice(0, longestName) }))
  const { code, permission } = refused[0]!
  const barred = refused.find(one => one.code === 'forbidden' || one.code === 'address_not_allowed')
  return new AppError(code, 'Not all of these rooms can be joined.', {
    fields: Object.fromEntries(
      named.map(one => [one.name, [one.permission ? `needs the permission ${one.permission}` : reasons[one.code]]]),
    ),
    details: { rooms: named.map(({ name }) => name), ...(permission && { permission }) },
    ...(barred && { cause: new AppError(barred.code, reasons[barred.code]) }),
  })
}

interface RefusedRoom {
  name: string
  code: Refusal
  /** What an API key lacks for it. */
  permission?: Permission
}

type Refusal = Extract<ErrorCode, 'validation_error' | 'not_found' | 'forbidden' | 'address_not_allowed'>

const reasons: Record<Refusal, string> = {
  validation_error: 'is not the name of a room',
  not_found: 'there is no such room, or none that you may see',
  forbidden: 'is not a room that you may join',
  address_not_allowed: 'may not be joined from your address',
}

/** A room that somebody wants to join. */
interface Wanted {
  room: Room
  /** Whether there is this project, and the person may read it. */
  isReadable: boolean
}

/** To join a room, read its past and see who is in it. */
const joinRoom: Record<Room['kind'], Action<Wanted>> = {
  topic: { keyNeeds, who: () => true },
  project: { keyNeeds, who: (_, { isReadable }) => isReadable, otherwise: notFound },
  user: {
    keyNeeds,
    who: ({ id }, { room }) => room.kind === 'user' && room.id === id,
    admins: 'fromTheirAddresses',
  },
  admin: { keyNeeds, who: () => false, admins: 'fromTheirAddresses' },
}

function keyNeeds({ room }: Wanted, { id }: Person) {
  return [permissionOfRoom(room, id)]
}

/** An administrator may see every project, but not one that does not exist. */
async function missingProjects(db: Connection, ids: number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const rows = await db.query<{ id: number }>({ text: 'select id from projects where id = any($1)', values: [ids] })
  const there = new Set(rows.map(({ id }) => id))
  return new Set(ids.filter(id => !there.has(id)))
}
