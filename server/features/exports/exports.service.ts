import type { Export, exports } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { allowedTo, assertCan } from '../../kernel/can.ts'
import { AppError } from '../../kernel/errors.ts'
import { newestFirst, pageOf } from '../../kernel/paging.ts'
import type { Scope } from '../../kernel/scope.ts'
import { audit } from '../audit/index.ts'
import { type ExportInput, exportType } from './export-input.ts'
import type { ExportDeps } from './exports.deps.ts'
import { makeExport, seeExport } from './exports.policy.ts'
import { createPresent } from './exports.present.ts'
import { countExports, findExport, insertExport, listExports } from './exports.queries.ts'

/** Begins an export that the caller may make. @throws AppError `forbidden`, `validation_error`, `rate_limited` */
export type BeginExport = (scope: Scope, asked: ExportInput) => Promise<Export>

export function createExportService(deps: ExportDeps): { handlers: Handlers<typeof exports>; begin: BeginExport } {
  const { database, command, jobs, kinds, basePath } = deps
  const present = createPresent(basePath)

  const begin: BeginExport = (scope, asked) => {
    const kind = kinds[asked.type]!
    assertCan(scope, makeExport, { type: asked.type, kind })
    kind.check(asked.filters)
    return command(scope, async tx => {
      const { id } = await jobs.enqueue(tx, scope, { type: exportType, input: asked })
      await insertExport(tx, { job_id: id, ...asked })
      const row = await findExport(tx, id)
      // What somebody searches for may be a name.
      const { filters, ...details } = asked
      const begun = { action: 'export.created', resource: 'export', resourceId: id, details }
      await audit(tx, scope, { ...begun, personal: { filters } })
      return present(row!, scope.person)
    })
  }

  return {
    begin,
    handlers: {
      data: async (scope, asked) => {
        try {
          return await begin(scope, asked)
        } catch (error) {
          throw underFilters(error)
        }
      },

      status: async (scope, { id, ...page }) => {
        const { person } = scope
        if (id !== undefined) {
          return present(allowedTo(scope, seeExport, await findExport(database, id)), person)
        }
        const found = await pageOf(
          page,
          ['exports'],
          newestFirst,
          clauses => listExports(database.reads, person.id, clauses),
          () => countExports(database.reads, person.id),
        )
        return { ...found, results: found.results.map(row => present(row, person)) }
      },
    },
  }
}

/** The filters are a field of the body, so their names stand behind its name. */
function underFilters(error: unknown): unknown {
  if (!(error instanceof AppError) || error.fields === undefined) return error
  const fields = Object.fromEntries(Object.entries(error.fields).map(([name, why]) => [`filters.${name}`, why]))
  return new AppError(error.code, error.message, { fields })
}
