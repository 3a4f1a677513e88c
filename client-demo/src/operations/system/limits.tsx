import { useState } from 'react'
import { useSending } from '../../forms/use-sending.ts'
import { formatCount } from '../../lib/format.ts'
import { usePage } from '../../lib/use-page.ts'
import { Ask } from '../../ui/ask.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'

/** A way out for who is limited by mistake: an address that many share, or everybody. */
export function RateLimits() {
  const { client, toasts } = usePage()
  const [ip, setIp] = useState('')
  const [asking, setAsking] = useState(false)
  const { errors, busy, send } = useSending(['ip'], { staysOpen: true })

  const reset = (what: { ip: string } | { all: true }) =>
    send(async () => {
      setAsking(false)
      const { reset_count: count } = await client.rateLimits.reset(what)
      toasts.say(count === 1 ? 'One count is forgotten' : `${formatCount(count)} counts are forgotten`)
      setIp('')
    })

  return (
    <section className="panel" aria-labelledby="rate-limits">
      <header className="system-head">
        <h2 id="rate-limits">Rate limits</h2>
        <button type="button" className="button" onClick={() => setAsking(true)}>
          Reset all limits…
        </button>
      </header>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <form
        className="stack"
        noValidate
        onSubmit={event => {
          event.preventDefault()
          void reset({ ip: ip.trim() })
        }}
      >
        <Field
          label="Limited address"
          hint="Everybody there may call and sign in again at once. The limits of one person are reset in People."
          error={errors.fields['ip']}
        >
          {props => <input {...props} value={ip} onChange={event => setIp(event.target.value)} />}
        </Field>
        <p>
          <button type="submit" className="button" disabled={busy || ip.trim() === ''}>
            Reset this address
          </button>
        </p>
      </form>
      {asking && (
        <Ask
          title="Reset all limits?"
          text="Everybody, and every address, may call and sign in again as if nothing had been counted in this minute."
          action="Reset them"
          onYes={() => void reset({ all: true })}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  )
}
