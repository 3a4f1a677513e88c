import { formatAgo, formatMoment } from '../format.ts'
import { usePage } from '../page.tsx'
import { useStore } from '../store.ts'
import { Icon } from '../ui/icon.tsx'

/** The short messages that were shown at the edge of the page since it was opened, for whoever missed them. */
export function SaidHere() {
  const said = useStore(usePage().toasts.history, all => all)
  if (said.length === 0) return null
  return (
    <section className="panel notices said" aria-labelledby="said-here">
      <h2 id="said-here">Messages of this page</h2>
      <ul>
        {said.map(({ id, tone, text, at }) => (
          <li key={id}>
            <Icon name={tone === 'error' ? 'alert' : 'talk'} />
            <div>
              <p dir="auto">
                {tone === 'error' && <span className="visually-hidden">Error: </span>}
                {text}
              </p>
              <time dateTime={at} title={formatMoment(at)}>
                {formatAgo(at)}
              </time>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
