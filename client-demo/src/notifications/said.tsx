import { useState } from 'react'
import { formatAgo, formatMoment } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { Icon } from '../ui/icon.tsx'

/** The short messages that were shown at the edge of the page since it was opened, for whoever missed them. */
export function SaidHere() {
  const said = useStore(usePage().toasts.history, all => all)
  const [isOpen, setOpen] = useState(false)
  if (said.length === 0) return null
  return (
    <section className="panel notices said" aria-labelledby="said-here">
      <h2 id="said-here">
        <button type="button" className="link-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          Messages of this page
        </button>
      </h2>
      <ul hidden={!isOpen}>
        {(isOpen ? said : []).map(({ id, tone, text, at }) => (
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
