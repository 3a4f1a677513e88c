import { useState } from 'react'
import { randomId, type CallInput, type operations } from '../../../sdk/index.ts'
import { Restored } from '../drafts/restored.tsx'
import { useKept } from '../drafts/use-kept.ts'
import { useSending } from '../forms/use-sending.ts'
import { JobProgress } from '../jobs/job-progress.tsx'
import { JobResult } from '../jobs/job-result.tsx'
import { hasEnded } from '../jobs/jobs.ts'
import { useJob } from '../jobs/use-job.ts'
import { usePage } from '../lib/use-page.ts'
import { ChoiceField } from '../ui/choice-field.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { Icon } from '../ui/icon.tsx'
import { Modal } from '../ui/modal.tsx'

type Input = CallInput<(typeof operations)['adminUsers']['bulkAction']>
type Action = Input['action']

const actionNames: Record<Action, string> = {
  activate: 'Enable',
  deactivate: 'Disable',
  ban: 'Ban',
  unban: 'Lift the ban',
  verify: 'Mark as verified',
  set_role: 'Change the role',
}
const actions = Object.keys(actionNames) as Action[]

interface Props {
  ids: ReadonlySet<number>
  onClear: () => void
  /** When the job has ended. */
  onDone: () => void
}

/** What is done to many accounts at once, as a job that one can watch. */
export function BulkActions({ ids, onClear, onDone }: Props) {
  const [chosen, setChosen] = useState<Action | null>(null)
  return (
    <div className="bulk-bar" role="toolbar" aria-label="Selected people">
      <b>{ids.size} selected</b>
      <select aria-label="Do with the selected" value="" onChange={event => setChosen(event.target.value as Action)}>
        <option value="" disabled>
          Choose…
        </option>
        {actions.map(action => (
          <option key={action} value={action}>
            {actionNames[action]}
          </option>
        ))}
      </select>
      <button type="button" className="icon-button" aria-label="Clear selection" onClick={onClear}>
        <Icon name="close" />
      </button>
      {chosen && <BulkDialog action={chosen} ids={ids} onClose={() => setChosen(null)} onDone={onDone} />}
    </div>
  )
}

interface DialogProps {
  action: Action
  ids: ReadonlySet<number>
  onClose: () => void
  onDone: () => void
}

function BulkDialog({ action, ids, onClose, onDone }: DialogProps) {
  const { client, jobs } = usePage()
  const { text: reason, isRestored, write: setReason, forget } = useKept('bulk-reason')
  const [role, setRole] = useState<'user' | 'admin'>('user')
  const [jobId, setJobId] = useState<number | null>(null)
  const job = useJob(jobId)
  const { errors, send } = useSending([])
  /** The same for a second click: it is one action. */
  const [idempotencyKey] = useState(randomId)

  async function start() {
    const input: Input = {
      user_ids: [...ids],
      action,
      ...(action === 'set_role' && { role }),
      ...(reason.trim() !== '' && { reason: reason.trim() }),
    }
    await send(async () => {
      const begun = await client.adminUsers.bulkAction(input, { idempotencyKey })
      jobs.take([begun])
      forget()
      setJobId(begun.id)
    })
  }
  const ended = job !== undefined && hasEnded(job)

  return (
    <Modal title={`${actionNames[action]}: ${ids.size}`} onClose={ended ? onDone : onClose}>
      <div className="modal-body stack">
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <Restored isShown={isRestored} onStartOver={forget} />
        {jobId === null && action === 'set_role' && (
          <ChoiceField
            label="New role"
            names={{ user: 'Ordinary person', admin: 'Administrator' }}
            value={role}
            onChange={setRole}
          />
        )}
        {jobId === null && (
          <Field label="Reason" hint="Optional; it stands in the audit log">
            {props => <input {...props} data-first value={reason} onChange={event => setReason(event.target.value)} />}
          </Field>
        )}
        {job && <JobProgress job={job} />}
        {job && <JobResult job={job} />}
      </div>
      <footer className="modal-foot">
        <span className="bar-space" />
        {jobId === null && (
          <button type="button" className="button button-primary" onClick={() => void start()}>
            {actionNames[action]}
          </button>
        )}
        {ended && (
          <button type="button" className="button button-primary" onClick={onDone}>
            Done
          </button>
        )}
      </footer>
    </Modal>
  )
}
