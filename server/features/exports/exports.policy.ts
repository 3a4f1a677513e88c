import type { Permission } from '../../../contract/index.ts'
import { forbidden } from '../../kernel/errors.ts'
import { assertMayAdminister, can, lacking, type Scope } from '../../kernel/scope.ts'
import type { ExportKind } from './export-kind.ts'
import type { ExportRow } from './exports.queries.ts'

type Person = Pick<Scope['person'], 'id' | 'role'>

/** What somebody has exported about themselves is for nobody else. */
const isPersonal = ({ type }: ExportRow) => type === 'personal'

/** For everybody else there is no such export. */
export const maySee = (person: Person, row: ExportRow): boolean =>
  row.created_by === person.id || (person.role === 'admin' && !isPersonal(row))

/**
 * Asked at each download. Whoever is no administrator any more does not get what they have exported as one; everything
 * else is what its owner could see when it was made.
 */
export const mayDownload = (person: Person, row: ExportRow): boolean =>
  maySee(person, row) &&
  (!row.as_admin || person.role === 'admin') &&
  row.status === 'completed' &&
  row.file_key !== null &&
  row.expires_at !== null &&
  Date.parse(row.expires_at) > Date.now()

/**
 * What an API key must be allowed to read, besides making and fetching exports: an export has the things themselves.
 * What is not named here, such as all data of a person, no key gets.
 */
const readBy: Record<string, Permission> = {
  tasks: 'tasks:read',
  projects: 'projects:read',
  users: 'admin',
  videos: 'videos:read',
  analytics: 'projects:read',
  audit: 'admin',
}

/** @throws AppError `forbidden` that names the permission, if there is one */
export function assertKey(scope: Pick<Scope, 'person' | 'key'>, type: string): void {
  const permission = readBy[type]
  if (!scope.key || (permission !== undefined && can(scope, permission))) return
  throw permission === undefined ? forbidden('API keys may not do this: sign in.') : lacking(permission)
}

/** @throws AppError `forbidden`, `address_not_allowed` */
export function assertExport(
  scope: Pick<Scope, 'person' | 'isElsewhere'>,
  { adminOnly }: Pick<ExportKind, 'adminOnly'>,
): void {
  if (!adminOnly) return
  if (scope.person.role !== 'admin') throw forbidden('Only administrators may export this.')
  assertMayAdminister(scope)
}
