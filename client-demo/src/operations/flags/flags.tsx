import { useCallback, useEffect, useState } from 'react'
import { limits, type Flag } from '../../../../sdk/index.ts'
import { formErrors } from '../../lib/form-errors.ts'
import { usePage } from '../../lib/use-page.ts'
import { usePages } from '../../live/use-pages.ts'
import { Ask } from '../../ui/ask.tsx'
import { ListEnd } from '../../ui/list-end.tsx'
import { FlagDialog } from './flag-dialog.tsx'
import { FlagRow } from './flag-row.tsx'
import '../../styles/flags.css'

const settleMs = 100

type Opened = { what: 'edit' | 'remove'; name: string } | { what: 'new' }

/** The feature flags, as they are set and as other administrators set them meanwhile. */
export function Flags() {
  const { client, live, toasts } = usePage()
  const [opened, setOpened] = useState<Opened | null>(null)
  const read = useCallback(
    (cursor: string, signal: AbortSignal) => client.flags.list({ cursor, page_size: limits.maxPageSize }, { signal }),
    [client],
  )
  const pages = usePages<Flag>(read)
  const { reload } = pages

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    // Events do not tell the rules, which name people; many changes at once are read once.
    const soon = () => {
      clearTimeout(timer)
      timer = setTimeout(() => void reload(), settleMs)
    }
    const stops = [
      live.visit('flags', soon),
      live.onEvent(({ name }) => (name === 'flag_updated' || name === 'flag_deleted') && soon()),
    ]
    return () => {
      clearTimeout(timer)
      for (const stop of stops) stop()
    }
  }, [live, reload])

  const close = () => setOpened(null)
  const find = (name: string) => pages.items.find(flag => flag.name === name)

  async function run(work: () => Promise<unknown>) {
    try {
      await work()
    } catch (error) {
      toasts.error(formErrors(error, []).whole ?? '')
    }
    await reload()
  }

  const toggle = ({ name, enabled, version }: Flag) =>
    run(async () => {
      const saved = await client.flags.toggle({ name, enabled: !enabled }, version === undefined ? {} : { version })
      pages.replace(flag => (flag.name === name ? saved : flag))
    })

  return (
    <section className="panel" aria-label="Feature flags" aria-busy={pages.end.loading}>
      <header className="panel-head">
        <p className="hint">A flag switches a part of a program on or off for people, while it runs.</p>
        <button type="button" className="button button-primary" onClick={() => setOpened({ what: 'new' })}>
          New flag
        </button>
      </header>
      <ul className="flags">
        {pages.items.map(flag => (
          <FlagRow
            key={flag.name}
            flag={flag}
            onSwitch={() => void toggle(flag)}
            onEdit={() => setOpened({ what: 'edit', name: flag.name })}
            onRemove={() => setOpened({ what: 'remove', name: flag.name })}
          />
        ))}
      </ul>
      <ListEnd {...pages.end}>There are no flags yet.</ListEnd>
      {opened?.what === 'remove' && (
        <Ask
          title={`Remove ${opened.name}?`}
          text="Programs that ask for it get what they take when there is no such flag. Its rules are lost."
          action="Remove"
          onYes={() => {
            close()
            void run(() => client.flags.delete({ name: opened.name }))
          }}
          onClose={close}
        />
      )}
      {(opened?.what === 'new' || opened?.what === 'edit') && (
        <FlagDialog
          name={opened.what === 'new' ? null : opened.name}
          flag={opened.what === 'new' ? undefined : find(opened.name)}
          isTaken={wanted => find(wanted) !== undefined}
          onStored={saved => {
            toasts.say(`${saved.name} is saved`)
            void reload()
          }}
          onOutdated={() => void reload()}
          onClose={close}
        />
      )}
    </section>
  )
}
