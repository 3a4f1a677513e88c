import type { audit, exports } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { createCleanUp, removeExpired } from './export-files.ts'
import { createExportJob } from './export-job.ts'
import type { ExportDeps } from './exports.deps.ts'
import { createDownloads, type FindExportFile } from './exports.downloads.ts'
import { type BeginExport, createExportService } from './exports.service.ts'
import { tableKinds } from './sources.ts'

export { dropExportFiles } from './export-files.ts'
export { expireAll as expireExports } from './exports.queries.ts'
export { carryExports } from './exports.restored.ts'
export type { ExportKind, Progress, Writing } from './export-kind.ts'
export type { BeginExport } from './exports.service.ts'
export type { FindExportFile } from './exports.downloads.ts'

export interface Exports {
  exports: Handlers<typeof exports>
  /** The export of the audit log. */
  audit: Pick<Handlers<typeof audit>, 'export'>
  begin: BeginExport
  file: FindExportFile
  /** Removes expired files. */
  removeExpired: () => Promise<void>
  /** Removes expired files, and what a crash has left behind. */
  cleanUp: () => Promise<void>
}

/** Exports: a job writes what somebody may see into a file, which can be downloaded until it expires. */
export function createExports(given: ExportDeps): Exports {
  const deps = { ...given, kinds: { ...tableKinds, ...given.kinds } }
  deps.jobs.register(createExportJob(deps))
  const { handlers, begin } = createExportService(deps)
  return {
    exports: handlers,
    audit: { export: (scope, { format, ...filters }) => begin(scope, { type: 'audit', format, filters }) },
    begin,
    file: createDownloads(deps),
    removeExpired: () => removeExpired(deps),
    cleanUp: createCleanUp(deps),
  }
}
