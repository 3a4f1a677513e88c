import { useCallback } from 'react'
import { isTaskwireError } from '../../../sdk/index.ts'
import { formatAgo, formatMoment } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { usePages } from '../live/use-pages.ts'
import { Icon } from '../ui/icon.tsx'
import { ListEnd } from '../ui/list-end.tsx'

export function Sessions() {
  const { client, toasts } = usePage()
  const read = useCallback(
    (cursor: string, signal: AbortSignal) => client.accounts.listSessions({ cursor, page_size: 50 }, { signal }),
    [client],
  )
  const { items: sessions, end: listEnd, reload } = usePages(read)

  async function end(id: string) {
    try {
      await client.accounts.endSession({ id })
      toasts.say('The session is ended')
    } catch (error) {
      toasts.error(isTaskwireError(error) ? error.message : 'Something went wrong')
    }
    await reload()
  }

  return (
    <section className="panel" aria-labelledby="sessions">
      <h2 id="sessions">Where you are signed in</h2>
      <ul className="sessions" aria-label="Sessions">
        {sessions.map(session => (
          <li key={session.id}>
            <Icon name="screen" />
            <div id={`session-${session.id}`}>
              <b>{session.device || 'Unknown device'}</b>
              {session.current && <span className="tag">This one</span>}
              <small>
                {session.ip_address}, active{' '}
                <time dateTime={session.last_active_at} title={formatMoment(session.last_active_at)}>
                  {formatAgo(session.last_active_at)}
                </time>
              </small>
            </div>
            {!session.current && (
              <button
                type="button"
                className="button button-quiet"
                aria-describedby={`session-${session.id}`}
                onClick={() => void end(session.id)}
              >
                End
              </button>
            )}
          </li>
        ))}
      </ul>
      <ListEnd {...listEnd} isByHand />
    </section>
  )
}
