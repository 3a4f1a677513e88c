import { exportFileTypes } from '../../../contract/index.ts'
import { assertCan } from '../../kernel/can.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Download } from '../media/index.ts'
import type { ExportDeps } from './exports.deps.ts'
import { downloadExport } from './exports.policy.ts'
import { findExport } from './exports.queries.ts'

/** The file of an export, for who may have it now. @throws AppError `not_found`, `address_not_allowed` */
export type FindExportFile = (scope: Scope, id: number) => Promise<Download>

export const createDownloads =
  ({ database, storage, kinds }: Pick<ExportDeps, 'database' | 'storage' | 'kinds'>): FindExportFile =>
  async (scope, id) => {
    const row = await findExport(database, id)
    if (!row) throw notFound()
    assertCan(scope, downloadExport, { row, kind: kinds[row.type] })
    return {
      type: exportFileTypes[row.format],
      size: row.file_size!,
      tag: row.sha256!,
      name: `taskwire-${row.type}-${row.completed_at!.slice(0, 10)}-${row.id}.${row.format}`,
      inline: false,
      read: async range => {
        const stream = await storage.open(row.file_key!, range)
        if (!stream) throw notFound()
        return stream
      },
    }
  }
