import { useEffect, useId, useRef, useState, type MouseEvent } from 'react'
import { limits } from '../../../sdk/index.ts'
import { Markdown } from '../markdown/markdown.tsx'
import { Field } from '../ui/field.tsx'
import { GrowingText } from '../ui/growing-text.tsx'
import { Icon } from '../ui/icon.tsx'
import { Theirs } from './theirs.tsx'
import type { TaskForm } from './use-task-form.ts'

/** What a task is about: shown as it reads, and as it is typed once one wants to change it. */
export function DescriptionField({ form, isLocked }: { form: TaskForm; isLocked: boolean }) {
  const { draft, set, errors, theirs } = form
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const [isOpen, setOpen] = useState(draft.description === '' || draft.description !== theirs.description)
  const isWriting = !isLocked && (isOpen || errors.fields.description !== undefined)
  /** Asked for here, and not just what a new task begins with. */
  const isAsked = useRef(false)
  useEffect(() => {
    if (isWriting && isAsked.current) area.current?.focus()
    isAsked.current = false
  }, [isWriting])

  function write() {
    isAsked.current = true
    setOpen(true)
  }

  /** Clicked on the text itself: not on a link in it, nor to mark a part of it. */
  function click(event: MouseEvent) {
    const isLink = event.target instanceof Element && event.target.closest('a, pre, .markdown-table') !== null
    if (!isLocked && !isLink && getSelection()?.isCollapsed !== false) write()
  }

  if (isWriting) {
    return (
      <div className="wide description">
        <Field label="Description" error={errors.fields.description} hint={<Theirs form={form} field="description" />}>
          {props => (
            <GrowingText
              {...props}
              ref={area}
              className="description-input"
              rows={5}
              maxLength={limits.description}
              value={draft.description}
              onChange={event => set({ description: event.target.value })}
            />
          )}
        </Field>
        {draft.description.trim() !== '' && (
          <button type="button" className="link-button description-switch" onClick={() => setOpen(false)}>
            Show as it reads
          </button>
        )}
      </div>
    )
  }
  return (
    <section className="wide description" aria-labelledby={id}>
      <header>
        <h3 id={id}>Description</h3>
        {!isLocked && (
          <button type="button" className="button button-quiet" onClick={write}>
            <Icon name="pencil" />
            Edit the description
          </button>
        )}
      </header>
      {draft.description.trim() === '' ? (
        <p className="hint">Nothing is written here.</p>
      ) : (
        <div className={isLocked ? undefined : 'description-text'} onClick={click}>
          <Markdown text={draft.description} />
        </div>
      )}
      <Theirs form={form} field="description" />
    </section>
  )
}
