import { withQuery } from '../lib/with-query.ts'
import { boardFilters, type Filters } from '../tasks/filters.ts'

export interface BoardShown {
  filters: Filters
  showCancelled: boolean
}

/** An address on the board tells what the board is narrowed to, whatever is open on it. */
export function onBoard(
  path: string,
  { filters, showCancelled }: BoardShown,
  more: Record<string, string> = {},
): string {
  const query = boardFilters.write(filters)
  if (showCancelled) query.set('cancelled', '1')
  for (const [name, value] of Object.entries(more)) query.set(name, value)
  return withQuery(path, query)
}
