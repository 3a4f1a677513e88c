import type { ReactNode } from 'react'
import type { ApiKey } from '../../../sdk/index.ts'
import { formatAgo, formatMoment } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { expiryInWords, permissionsInWords, whyOver } from './words.ts'

interface Props {
  apiKey: ApiKey
  /** Without it the name leads nowhere. */
  onOpen?: () => void
  /** What one may do with it. */
  children?: ReactNode
}

/** A key in a list. */
export function KeyRow({ apiKey, onOpen, children }: Props) {
  const { client } = usePage()
  const over = whyOver(apiKey, client.now())
  const { last_used_at: last } = apiKey
  return (
    <li className={over === null ? undefined : 'is-over'}>
      <div>
        {onOpen ? (
          <button type="button" className="link-button" onClick={onOpen}>
            {apiKey.name}
          </button>
        ) : (
          <strong>{apiKey.name}</strong>
        )}
        {over !== null && <span className="tag tag-danger">{over}</span>}
        <p>
          <code>{apiKey.prefix}_…</code>
        </p>
        <small>
          {permissionsInWords(apiKey.permissions)}. {over === null && `${expiryInWords(apiKey)}. `}
          {last === null ? (
            'Not used yet.'
          ) : (
            <>
              Used{' '}
              <time dateTime={last} title={formatMoment(last)}>
                {formatAgo(last)}
              </time>
              .
            </>
          )}
        </small>
      </div>
      {children}
    </li>
  )
}
