import { useEffect, useId, useState } from 'react'
import type { TaskStatus } from '../../../sdk/index.ts'
import { useEditors } from './use-editors.ts'
import { Restored } from '../drafts/restored.tsx'
import { Clashes } from '../forms/clashes.tsx'
import { Leaving, useLeaving } from '../forms/leaving.tsx'
import { Locked } from '../forms/locked.tsx'
import { formatAgo, formatMoment } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { PersonName } from '../people/avatar.tsx'
import { useTitle } from '../lib/titles.ts'
import { CopyLink } from './copy-link.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Icon } from '../ui/icon.tsx'
import { Modal } from '../ui/modal.tsx'
import { Conversation } from './conversation.tsx'
import { TaskFiles } from './task-files.tsx'
import { TaskFields } from './task-fields.tsx'
import { useTaskForm, type TaskForm } from './use-task-form.ts'

interface TaskDialogProps {
  id: number | null
  status: TaskStatus
  /** The comment that one was led to. */
  comment?: number | null
  onClose: () => void
}

export function TaskDialog({ id, status, comment = null, onClose }: TaskDialogProps) {
  const { live } = usePage()
  const formId = useId()
  const form = useTaskForm({ id, status, onDone: onClose })

  useTitle(id === null ? 'A new task' : (form.task?.title ?? null), { isOver: true })
  const { isEditor } = form
  useEffect(() => {
    if (!isEditor) return
    live.say({ editing: id })
    return () => live.say({})
  }, [id, live, isEditor])

  const leaving = useLeaving({ isAtStake: form.isEdited && !form.isGone, forget: form.forget, onClose })
  const [isDeleting, setDeleting] = useState(false)
  const keep = () => setDeleting(false)
  const close = isDeleting ? keep : leaving.close

  return (
    <Modal
      title={id === null ? 'A new task' : 'Task'}
      className={`task-dialog${id === null ? '' : ' has-talk'}`}
      hasAddress
      tools={id !== null && !form.isGone && <CopyLink id={id} />}
      onClose={close}
    >
      <div className="task-parts">
        <form
          id={formId}
          className="modal-body"
          onSubmit={event => {
            event.preventDefault()
            void form.save(event.currentTarget)
          }}
          onKeyDown={event => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit()
          }}
          noValidate
        >
          <Notices id={id} form={form} />
          <Restored isShown={form.isRestored && !form.isGone} onStartOver={form.startOver} />
          <TaskFields form={form} />
          {form.task && !form.isGone && <TaskFiles task={form.task} mayAdd={!form.isReadOnly} />}
          <History form={form} />
        </form>
        {form.task && !form.isGone && <Conversation task={form.task} comment={comment} />}
      </div>
      {leaving.isAsked && !isDeleting && <Leaving {...leaving} />}
      {isDeleting && <Deleting onDelete={() => void form.remove().then(keep)} onKeep={keep} />}
      <footer className="modal-foot" hidden={isDeleting || leaving.isAsked}>
        {id !== null && !form.isGone && !form.isReadOnly && (
          <button type="button" className="button button-quiet danger" onClick={() => setDeleting(true)}>
            <Icon name="trash" />
            Delete
          </button>
        )}
        <span className="bar-space" />
        <button type="button" className="button button-quiet" onClick={close}>
          Cancel
        </button>
        {!form.isGone && !form.isReadOnly && (
          <button type="submit" form={formId} className="button button-primary" aria-disabled={form.busy}>
            Save
          </button>
        )}
      </footer>
    </Modal>
  )
}

function Notices({ id, form }: { id: number | null; form: TaskForm }) {
  const editors = useEditors(id)
  return (
    <>
      <ErrorNotice>{form.errors.whole}</ErrorNotice>
      {form.isGone && (
        <ErrorNotice>
          {form.isOutOfReach
            ? 'You may no longer see this task: you are no longer in its project, or the project was deleted.'
            : 'This task was deleted meanwhile, or you may no longer see it.'}
        </ErrorNotice>
      )}
      {form.isReadOnly && <Locked />}
      {form.task && (
        <Clashes isShown={!form.isGone && form.clashes.length > 0} by={<PersonName id={form.task.updated_by} />} />
      )}
      {editors.length > 0 && (
        <p className="notice">
          <Icon name="pencil" />
          {editors.map((person, at) => (
            <span key={person}>
              {at > 0 && ', '}
              <PersonName id={person} />
            </span>
          ))}{' '}
          {editors.length === 1 ? 'has' : 'have'} this open too
        </p>
      )}
    </>
  )
}

function History({ form: { task } }: { form: TaskForm }) {
  if (!task) return null
  return (
    <p className="task-history">
      Created by <PersonName id={task.created_by} />{' '}
      <time dateTime={task.created_at} title={formatMoment(task.created_at)}>
        {formatAgo(task.created_at)}
      </time>
      {task.version > 1 && (
        <>
          , last changed by <PersonName id={task.updated_by} />{' '}
          <time dateTime={task.updated_at} title={formatMoment(task.updated_at)}>
            {formatAgo(task.updated_at)}
          </time>
        </>
      )}
    </p>
  )
}

/** Asks in its own place: a second click means it. */
function Deleting({ onDelete, onKeep }: { onDelete: () => void; onKeep: () => void }) {
  return (
    <div className="modal-foot" role="alert">
      <span>There is no undo.</span>
      <span className="bar-space" />
      <button type="button" className="button button-quiet" onClick={onKeep}>
        Keep
      </button>
      <button type="button" className="button button-danger" autoFocus onClick={onDelete}>
        Delete for good
      </button>
    </div>
  )
}
