import { useCallback, useState } from 'react'
import { useSending } from '../../forms/use-sending.ts'
import { formatCount, formatSize } from '../../lib/format.ts'
import { usePage } from '../../lib/use-page.ts'
import { usePolled } from '../../live/use-polled.ts'
import { Ask } from '../../ui/ask.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { RowsLoading } from '../../ui/rows-loading.tsx'

const everyMs = 10_000

/** What is kept in memory for a short time, and a way to forget it. */
export function CacheState() {
  const { client, toasts } = usePage()
  const [clearings, setClearings] = useState(0)
  const [asking, setAsking] = useState(false)
  const [pattern, setPattern] = useState('')
  const { errors, busy, send } = useSending(['pattern'], { staysOpen: true })
  const read = useCallback(
    // Another count is another question, so that the numbers after a clearing come at once.
    async (signal: AbortSignal) => ({ clearings, stats: await client.cache.stats({}, { signal }) }),
    [client, clearings],
  )
  const { value, error } = usePolled(read, everyMs)

  const clear = (what: { pattern: string } | { all: true }) =>
    send(async () => {
      setAsking(false)
      const { cleared_count: count } = await client.cache.clear(what)
      toasts.say(count === 1 ? 'One answer is forgotten' : `${formatCount(count)} answers are forgotten`)
      setClearings(clearings + 1)
      setPattern('')
    })

  return (
    <section className="panel" aria-labelledby="cache" aria-busy={value === null}>
      <header className="system-head">
        <h2 id="cache">Cache</h2>
        <button type="button" className="button" onClick={() => setAsking(true)}>
          Clear the cache…
        </button>
      </header>
      <ErrorNotice>{errors.whole ?? error}</ErrorNotice>
      {value ? (
        <p className="hint">
          {formatCount(value.stats.keys)} kept answers in {formatSize(value.stats.memory_bytes)},{' '}
          {value.stats.backend === 'redis' ? 'shared by all instances through Redis' : 'in this instance alone'};{' '}
          {value.stats.hit_rate === null
            ? 'nothing was looked up yet'
            : `${Math.round(100 * value.stats.hit_rate)} % of ${formatCount(value.stats.hits + value.stats.misses)} look-ups were of use`}
          .
        </p>
      ) : (
        <RowsLoading rows={1} />
      )}
      <form
        className="stack"
        noValidate
        onSubmit={event => {
          event.preventDefault()
          void clear({ pattern: pattern.trim() })
        }}
      >
        <Field
          label="Keys to forget"
          hint="A key, or a pattern: * stands for any characters, ? for one. dashboard:* forgets all of the dashboard."
          error={errors.fields.pattern}
        >
          {props => <input {...props} value={pattern} onChange={event => setPattern(event.target.value)} />}
        </Field>
        <p>
          <button type="submit" className="button" disabled={busy || pattern.trim() === ''}>
            Forget these
          </button>
        </p>
      </form>
      {asking && (
        <Ask
          title="Clear the cache?"
          text="Every instance forgets its kept answers. Nothing is lost; answers take a little longer until they are kept again."
          action="Clear it"
          onYes={() => void clear({ all: true })}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  )
}
