import type { Permission } from '../../../contract/index.ts'
import { type Action, refusalOf } from '../../kernel/can.ts'
import { forbidden, notFound } from '../../kernel/errors.ts'
import type { ExportKind } from './export-kind.ts'
import type { ExportRow } from './exports.queries.ts'

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

type Kind = Pick<ExportKind, 'adminOnly'>

/** To make an export of a type; judged when it is asked for, and when it is made. */
export const makeExport: Action<{ type: string; kind: Kind }> = {
  keyNeeds: ({ type }) => [readBy[type] ?? 'never'],
  who: (_, { kind }) => !kind.adminOnly,
  admins: 'fromTheirAddresses',
  otherwise: () => forbidden('Only administrators may export this.'),
}

/** To see that there is such an export. What somebody has exported about themselves is for nobody else. */
export const seeExport: Action<ExportRow> = {
  who: ({ id }, { created_by }) => created_by === id,
  admins: ({ type }) => (type === 'personal' ? 'nowhere' : 'fromTheirAddresses'),
  otherwise: notFound,
}

/**
 * Judged at each download. Whoever is no administrator any more does not get what they have exported as one; everything
 * else is what its owner could see when it was made.
 */
export const downloadExport: Action<{ row: ExportRow; kind?: Kind | undefined }> = {
  first: (caller, { row }) => refusalOf(caller, seeExport, row),
  keyNeeds: ({ row: { type } }) => [readBy[type] ?? 'never'],
  who: ({ id }, { row, kind }) => row.created_by === id && !row.as_admin && !kind?.adminOnly,
  // Those of others are judged as things to see.
  admins: ({ kind }) => (kind?.adminOnly ? 'fromTheirAddresses' : 'anywhere'),
  otherwise: notFound,
  state: ({ row: { status, file_key, expires_at } }) =>
    status === 'completed' && file_key !== null && expires_at !== null && Date.parse(expires_at) > Date.now()
      ? null
      : notFound(),
}
