import { useCallback, useEffect, useEffectEvent, useRef } from 'react'
import type { Export, Job } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { usePages } from '../live/use-pages.ts'
import { ListEnd } from '../ui/list-end.tsx'
import { ExportRow } from './export-row.tsx'
import { listExports } from './list-exports.ts'
import { NewExport } from './new-export.tsx'

/** One's own exports, with a way to ask for more. Those that another window asked for come by themselves. */
export function Exports() {
  const { client, live, me } = usePage()
  const read = useCallback(
    (cursor: string, signal: AbortSignal) => listExports(client, { cursor, page_size: 20 }, signal),
    [client],
  )
  const { items, end, reload, replace } = usePages<Export>(read)
  const lookedFor = useRef<number>(undefined)

  const hear = useEffectEvent(({ id, type, created_by }: Job) => {
    if (type !== 'export' || created_by !== me.id || lookedFor.current === id) return
    if (items.some(item => item.id === id)) return
    lookedFor.current = id
    void reload()
  })
  useEffect(() => live.onJob(hear), [live])

  return (
    <>
      <section className="panel" aria-labelledby="new-export">
        <h2 id="new-export">Take something with you</h2>
        <p className="hint">
          A file with everything of a kind that you may see. To export only some tasks, filter the board and choose
          “Export these tasks” there.
        </p>
        <NewExport onStarted={() => void reload()} />
      </section>
      <section className="panel" aria-labelledby="exports" aria-busy={end.loading}>
        <h2 id="exports">Your exports</h2>
        <ul className="exports" aria-label="Exports">
          {items.map(item => (
            <ExportRow
              key={item.id}
              item={item}
              onChange={changed => replace(now => (now.id === changed.id ? changed : now))}
            />
          ))}
        </ul>
        <ListEnd {...end}>You have asked for none yet.</ListEnd>
      </section>
    </>
  )
}
