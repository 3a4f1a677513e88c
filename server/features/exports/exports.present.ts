import type { Export } from '../../../contract/index.ts'
import { can } from '../../kernel/can.ts'
import type { Scope } from '../../kernel/scope.ts'
import { downloadExport } from './exports.policy.ts'
import type { ExportRow } from './exports.queries.ts'

export type PresentExport = (row: ExportRow, person: Scope['person']) => Export

/** @param basePath below which people reach the server */
export const createPresent =
  (basePath: string): PresentExport =>
  (row, person) => ({
    id: row.id,
    type: row.type,
    status: row.status,
    format: row.format,
    filters: row.filters,
    file_url: can({ person }, downloadExport, { row }) ? `${basePath}/api/v1/export/files/${row.id}` : null,
    file_size: row.file_size,
    sha256: row.sha256,
    rows: row.rows,
    created_at: row.created_at,
    completed_at: row.completed_at,
    expires_at: row.expires_at,
    error: row.error,
  })
