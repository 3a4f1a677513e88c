import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { format, resolveConfig } from 'prettier'
import { round } from '../figures.ts'
import { type Row, tableOf } from '../peers/table.ts'
import { root } from '../stage.ts'
import type { CostRow } from './cost.ts'
import type { Figures } from './figures-file.ts'

const document = path.join(root, 'docs/performance.md')

/** Places of a profile that cost less are one row. */
const smallestUs = 10

/** What stands between `<!-- name -->` and `<!-- end -->` in docs/performance.md, by name. */
export function blocksOf({ measured, fanOut, lists, instances, cost }: Figures): Record<string, string> {
  return {
    curves: measuredLine(measured),
    'fan-out': tableOf(
      fanOut.map(({ clients, perSecond, p50Ms, p99Ms, deliveriesPerSecond }) => ({
        clients,
        'events/s': perSecond,
        'p50 ms': p50Ms,
        'p99 ms': p99Ms,
        'deliveries/s': deliveriesPerSecond,
      })),
    ),
    lists: tableOf(lists.map(({ call, tasks, p50Ms, p99Ms }) => ({ call, tasks, 'p50 ms': p50Ms, 'p99 ms': p99Ms }))),
    instances: tableOf(
      instances.map(({ call, instances: count, perSecond, us }) => ({
        call,
        instances: count,
        'requests/s': perSecond,
        'µs a request': us,
      })),
    ),
    cost: [...Map.groupBy(cost, ({ call }) => call).values()].map(rows => tableOf(costRows(rows))).join('\n\n'),
  }
}

/** When and on what it was measured, as a sentence. */
export const measuredLine = ({ date, machine, note }: Figures['measured']) =>
  `${note === '' ? '' : `**${note}.** `}Measured on ${date}: ${machine}.`

function costRows(rows: CostRow[]): Row[] {
  const isLarge = ({ oursUs, bareUs }: CostRow) => Math.max(oursUs, bareUs) >= smallestUs
  const [large, small] = [rows.filter(isLarge), rows.filter(row => !isLarge(row))]
  const sum = (of: 'oursUs' | 'bareUs') => small.reduce((total, row) => total + row[of], 0)
  const call = rows[0]!.call
  const others = { call, place: `${small.length} others`, oursUs: sum('oursUs'), bareUs: sum('bareUs') }
  return [...large, others].map(({ place, oursUs, bareUs }) => ({
    [`\`${call}\`: µs of processor time in`]: place,
    Taskwire: round(oursUs),
    'bare server': round(bareUs),
    difference: round(oursUs - bareUs),
  }))
}

/** The document with other blocks, as prettier writes it. @throws when a block has no place */
export async function withBlocks(text: string, blocks: Record<string, string>): Promise<string> {
  let changed = text
  for (const [name, content] of Object.entries(blocks)) {
    const [opening, closing] = [`<!-- ${name} -->`, '<!-- end -->']
    const from = changed.indexOf(opening)
    const to = changed.indexOf(closing, from)
    if (from < 0 || to < 0) throw new Error(`docs/performance.md has no place for ${name}`)
    changed = `${changed.slice(0, from + opening.length)}\n\n${content}\n\n${changed.slice(to)}`
  }
  return format(changed, { ...(await resolveConfig(document)), filepath: document, proseWrap: 'always' })
}

/** Writes the blocks into docs/performance.md. */
export async function writeBlocks(blocks: Record<string, string>): Promise<void> {
  writeFileSync(document, await withBlocks(readFileSync(document, 'utf8'), blocks))
}
