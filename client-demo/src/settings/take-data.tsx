import { useState } from 'react'
import type { Export } from '../../../sdk/index.ts'
import { ExportRow } from '../exports/export-row.tsx'
import { useSending } from '../forms/use-sending.ts'
import { linkTo } from '../lib/base-path.ts'
import { usePage } from '../lib/use-page.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'

/** One archive of everything that is kept about a person. */
export function TakeData() {
  const { client } = usePage()
  const [item, setItem] = useState<Export | null>(null)
  const { errors, busy, send } = useSending([], { staysOpen: true })
  return (
    <section className="panel" aria-labelledby="take-data">
      <h2 id="take-data">Download everything about you</h2>
      <p>
        A zip archive of your account, sessions, memberships, tasks, comments, posts, videos, files, notifications and
        settings, and of what you did. Only you can download it. You also find it in{' '}
        <a href={linkTo('/settings/exports')}>your exports</a>.
      </p>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      {item && (
        <ul className="exports" aria-label="The archive">
          <ExportRow item={item} onChange={setItem} />
        </ul>
      )}
      <div>
        <button
          type="button"
          className="button"
          aria-disabled={busy}
          onClick={() => void send(async () => setItem(await client.gdpr.exportData()))}
        >
          {item ? 'Make a new archive' : 'Make the archive'}
        </button>
      </div>
    </section>
  )
}
