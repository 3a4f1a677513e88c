import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { formatOf, formats } from '../../server/features/imports/formats/index.ts'
import { encodingOf } from '../../server/features/imports/import-encoding.ts'
import { addToReport, emptyReport } from '../../server/features/imports/import-report.ts'
import { beginningOf, textOf } from '../../server/features/imports/reading/text.ts'
import type { Row } from '../../server/features/imports/reading/row.ts'
import { understand } from '../../server/features/imports/understand.ts'

/** What an import would make of a file, without a server: its format, tasks and report. */
export async function understood(folder: string, content: string | Buffer, name = 'tasks.csv') {
  const bytes = Buffer.from(content)
  const file = path.join(folder, 'file')
  await writeFile(file, bytes)
  const format = formatOf(beginningOf(bytes.subarray(0, 64 * 1024)), name)
  const encoding = await encodingOf(file, format)
  const text = () => textOf(Readable.from([bytes]), encoding)
  const prepared = await formats[format].prepare?.(text())
  const rows: Row[] = []
  for await (const row of formats[format].rows(text(), prepared as never)) rows.push(row)
  const batch = understand(rows, formats[format], prepared)
  const report = addToReport(emptyReport({ format, dry_run: false }), { created: batch.tasks.length, ...batch })
  return {
    format,
    encoding,
    report,
    lines: batch.tasks.map(({ line }) => line),
    tasks: batch.tasks.map(({ draft, assignees }) => ({ ...draft, assignees })),
    leftOut: Object.fromEntries(report.left_out.map(({ kind, count }) => [kind, count])),
    warned: report.warnings.map(({ line, field }) => `${line} ${field}`),
  }
}

/**
 * For the tests of one file: makes a folder, and removes it afterwards.
 *
 * @returns what reads an export with this content (a text, or something that is written as JSON)
 */
export function useExports() {
  let folder: string
  before(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'taskwire-'))))
  after(() => rm(folder, { recursive: true }))
  return (content: unknown, name = 'export') =>
    understood(folder, typeof content === 'string' ? content : JSON.stringify(content, null, 1), name)
}
