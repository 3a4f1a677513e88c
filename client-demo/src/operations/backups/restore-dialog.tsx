import { useEffect, useEffectEvent, useId, useState } from 'react'
import type { Backup, Job, RestoreConfirmation, RestoreSummary } from '../../../../sdk/index.ts'
import { useSending } from '../../forms/use-sending.ts'
import { JobProgress } from '../../jobs/job-progress.tsx'
import { hasEnded } from '../../jobs/jobs.ts'
import { useJob } from '../../jobs/use-job.ts'
import { formatMoment } from '../../lib/format.ts'
import { usePage } from '../../lib/use-page.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { FormFoot } from '../../ui/form-foot.tsx'
import { Modal } from '../../ui/modal.tsx'
import { ModalForm } from '../../ui/modal-form.tsx'
import { typeNames } from './words.ts'

/** What has to be typed: nobody does that by a slip. */
const word = 'restore'

type Phase = { at: 'asking' } | { at: 'confirming'; asked: RestoreConfirmation } | { at: 'running'; jobId: number }

/** Puts a backup back, in two steps: what would happen, and then the word for it. */
export function RestoreDialog({ backup, onClose }: { backup: Backup; onClose: () => void }) {
  const { client, jobs } = usePage()
  const [phase, setPhase] = useState<Phase>({ at: 'asking' })
  const [typed, setTyped] = useState('')
  const formId = useId()
  const { errors, busy, send, refuse } = useSending(['confirmation_token'], { staysOpen: true })
  const restore = (token?: string) =>
    client.backups.restore({ backup_id: backup.id, ...(token !== undefined && { confirmation_token: token }) })

  const ask = useEffectEvent(() =>
    send(async () => setPhase({ at: 'confirming', asked: (await restore()) as RestoreConfirmation })),
  )
  useEffect(() => void ask(), [])

  function confirm(form: HTMLFormElement, { confirmation_token: token }: RestoreConfirmation) {
    if (typed.trim().toLowerCase() !== word) return refuse({ word: `Type the word ${word}` })
    void send(async () => {
      const job = (await restore(token)) as Job
      jobs.take([job])
      setPhase({ at: 'running', jobId: job.id })
    }, form)
  }

  return (
    <Modal title="Put a backup back" className="restore-dialog" onClose={onClose}>
      {phase.at === 'running' ? (
        <Running jobId={phase.jobId} onClose={onClose} />
      ) : (
        <>
          <ModalForm id={formId} onSubmit={form => phase.at === 'confirming' && confirm(form, phase.asked)}>
            <ErrorNotice>{errors.whole ?? errors.fields.confirmation_token ?? null}</ErrorNotice>
            {phase.at === 'asking' && errors.whole === null && <p className="hint">Looking into the backup…</p>}
            {phase.at === 'confirming' && (
              <>
                <Summary summary={phase.asked.summary} />
                <Field label={`Type “${word}” to confirm`} error={errors.fields.word}>
                  {props => (
                    <input
                      {...props}
                      type="text"
                      autoComplete="off"
                      autoCapitalize="none"
                      spellCheck={false}
                      value={typed}
                      onChange={event => setTyped(event.target.value)}
                    />
                  )}
                </Field>
                <p className="hint">Good until {formatMoment(phase.asked.expires_at)}.</p>
              </>
            )}
          </ModalForm>
          <FormFoot
            form={formId}
            action="Put it back"
            busy={busy}
            onClose={onClose}
            close="Keep the present data"
            isDangerous
            isReadOnly={phase.at !== 'confirming'}
          />
        </>
      )}
    </Modal>
  )
}

/** The server writes times for programs. */
const readable = (text: string, at: string) => text.replaceAll(at, formatMoment(at))

const Summary = ({ summary: { type, taken_at: at, warnings } }: { summary: RestoreSummary }) => (
  <>
    <p>
      <b>{typeNames[type]}</b>, as it was at <time dateTime={at}>{formatMoment(at)}</time>.
    </p>
    <ul className="warnings" aria-label="What this means">
      {warnings.map(text => (
        <li key={text}>{readable(text, at)}</li>
      ))}
    </ul>
  </>
)

function Running({ jobId, onClose }: { jobId: number; onClose: () => void }) {
  const job = useJob(jobId)
  const isDone = job?.status === 'completed'
  return (
    <>
      <div className="modal-body stack">
        <p aria-live="polite">
          {isDone
            ? 'The backup is put back. Every open page loads everything again by itself.'
            : 'The data are being read. At the end nothing answers for a moment, while they are exchanged.'}
        </p>
        {job && <JobProgress job={job} />}
      </div>
      <footer className="modal-foot">
        <span className="bar-space" />
        <button type="button" className={isDone ? 'button button-primary' : 'button'} data-first onClick={onClose}>
          {job && hasEnded(job) ? 'Done' : 'Go on in the background'}
        </button>
      </footer>
    </>
  )
}
