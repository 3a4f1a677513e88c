import type { CallInput, operations } from '../../../sdk/index.ts'
import { boardStatuses } from '../lib/vocabulary.ts'
import { isPointless, listQuery, type Filters } from './filters.ts'

type ExportFilters = NonNullable<CallInput<(typeof operations)['exports']['data']>['filters']>

/** What the whole board is narrowed to, for an export of its tasks. */
export function exportFilters(filters: Filters, showCancelled: boolean): ExportFilters {
  const shown = showCancelled ? [...boardStatuses, 'cancelled' as const] : boardStatuses
  const { sort: _, ...asked } = listQuery(filters, 'todo')
  return { ...asked, status: shown.filter(status => !isPointless(filters, status)) } as ExportFilters
}
