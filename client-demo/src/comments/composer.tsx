import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { limits } from '../../../sdk/index.ts'
import { useSending } from '../forms/use-sending.ts'
import { PersonOptions } from '../people/person-options.tsx'
import { GrowingText } from '../ui/growing-text.tsx'
import type { FindPeople } from './mentionable.ts'
import { useMentions } from './use-mentions.ts'

interface ComposerProps {
  label: string
  placeholder?: string
  /** What the button says. */
  action: string
  text: string
  onText: (text: string) => void
  find: FindPeople
  /** Throws when it could not be stored: then the text stays, and it is said why. */
  onSend: (body: string) => Promise<void>
  onCancel?: () => void
  /** What stands below the text. */
  children?: ReactNode
}

/** Where a comment is written. Ctrl or Cmd with Enter sends it, `@` completes names. */
export function Composer(props: ComposerProps) {
  const { label, placeholder, action, text, onText, find, onSend, onCancel, children } = props
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const caret = useRef<number | null>(null)
  const { errors, busy, send: sendOnce } = useSending(['body'], { staysOpen: true })
  const error = errors.fields.body ?? errors.whole
  /** Stays open once it was: growing smaller under a click on something below would make it miss. */
  const [isOpen, setOpen] = useState(text !== '' || onCancel !== undefined)
  const mentions = useMentions({
    area,
    find,
    onInsert(next, at) {
      caret.current = at
      onText(next)
    },
  })

  const isEdit = onCancel !== undefined
  useLayoutEffect(() => {
    if (!isEdit || !area.current) return
    area.current.focus()
    area.current.setSelectionRange(area.current.value.length, area.current.value.length)
  }, [isEdit])
  useLayoutEffect(() => {
    if (caret.current !== null) area.current?.setSelectionRange(caret.current, caret.current)
    caret.current = null
  })

  async function send() {
    if (busy) return
    if (text.trim() === '' || !(await sendOnce(() => onSend(text.trim())))) area.current?.focus()
  }

  function onKeyDown(event: KeyboardEvent) {
    if (mentions.onKeyDown(event)) return
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send()
    else if (event.key === 'Escape' && onCancel) onCancel()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div className={`composer${isOpen ? '' : ' is-closed'}`}>
      <div className="composer-field">
        <GrowingText
          ref={area}
          rows={1}
          aria-label={label}
          aria-describedby={error === null ? `${id}-hint` : `${id}-error`}
          aria-invalid={error !== null || undefined}
          {...mentions.aria}
          placeholder={placeholder}
          maxLength={limits.comment}
          value={text}
          onChange={event => onText(event.target.value)}
          onInput={() => mentions.look()}
          onSelect={() => mentions.look(false)}
          onFocus={() => setOpen(true)}
          onBlur={mentions.close}
          onKeyDown={onKeyDown}
        />
        {mentions.open && (
          <PersonOptions
            id={mentions.list}
            people={mentions.found}
            active={mentions.active}
            field={area}
            onPick={mentions.pick}
          />
        )}
      </div>
      {children}
      {error !== null && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
      <div className="composer-foot">
        <small id={`${id}-hint`} className="hint">
          <kbd>@</kbd> names people, <b>**bold**</b>, <i>*italic*</i>, <code>`code`</code>
        </small>
        {onCancel && (
          <button type="button" className="button button-quiet" onClick={onCancel}>
            Keep it
          </button>
        )}
        <button
          type="button"
          className="button button-primary"
          title="Ctrl or ⌘ with Enter"
          aria-disabled={busy || text.trim() === ''}
          onClick={() => void send()}
        >
          {action}
        </button>
      </div>
    </div>
  )
}
