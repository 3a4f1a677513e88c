import { useId, useState } from 'react'
import { useSending } from '../forms/use-sending.ts'
import { JobProgress } from '../jobs/job-progress.tsx'
import { JobResult } from '../jobs/job-result.tsx'
import { hasEnded } from '../jobs/jobs.ts'
import { useJob } from '../jobs/use-job.ts'
import { usePage } from '../lib/use-page.ts'
import { ProjectSelect } from '../projects/project-select.tsx'
import { useTitle } from '../lib/titles.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { Modal } from '../ui/modal.tsx'
import { ModalForm } from '../ui/modal-form.tsx'

const accepted = '.csv,.tsv,.tab,.txt,.json,.ndjson,.jsonl,text/csv,application/json'

/** Tasks from a file. Trying it first changes nothing, and says of each row what is wrong with it. */
export function ImportTasks({ onClose }: { onClose: () => void }) {
  const { client, jobs, board } = usePage()
  const formId = useId()
  const [only] = board.store.get().filters.projects
  const [file, setFile] = useState<File | null>(null)
  const [project, setProject] = useState<number | null>(only ?? null)
  const { errors, busy, refuse, send } = useSending(['file', 'project'], { staysOpen: true })
  const [started, setStarted] = useState<{ job: number; dryRun: boolean } | null>(null)
  const job = useJob(started?.job ?? null)
  useTitle('Import tasks', { isOver: true })
  /** The same file into the same project a second time would make every task twice. */
  const isDone = started !== null && !started.dryRun && job?.status !== 'failed' && job?.status !== 'cancelled'

  async function start(dryRun: boolean) {
    if (isDone) return
    if (!file) return refuse({ file: 'Choose a file' })
    await send(
      async () => {
        const begun = await client.tasks.import(file, { dryRun, ...(project !== null && { project }) })
        jobs.take([begun])
        setStarted({ job: begun.id, dryRun })
      },
      document.getElementById(formId) as HTMLFormElement,
    )
  }

  return (
    <Modal title="Import tasks" className="import-dialog" hasAddress onClose={onClose}>
      <ModalForm id={formId} onSubmit={() => void start(false)}>
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <Field
          label="File"
          error={errors.fields.file}
          hint="CSV (in Excel: save as CSV UTF-8), JSON or NDJSON, or an export of Trello, GitHub or Jira"
        >
          {props => (
            <input
              {...props}
              type="file"
              accept={accepted}
              data-first
              onChange={event => {
                setFile(event.target.files?.[0] ?? null)
                setStarted(null)
              }}
            />
          )}
        </Field>
        <ProjectSelect
          value={project}
          error={errors.fields.project}
          onChange={chosen => {
            setProject(chosen)
            setStarted(null)
          }}
        />
        {job && <JobProgress job={job} />}
        {job && <JobResult job={job} />}
      </ModalForm>
      <footer className="modal-foot">
        {!isDone && (
          <button type="button" className="button button-quiet" aria-disabled={busy} onClick={() => void start(true)}>
            Try it
          </button>
        )}
        <span className="bar-space" />
        {job && !hasEnded(job) && (
          <button type="button" className="button button-quiet" onClick={() => void jobs.cancel(job.id)}>
            Stop it
          </button>
        )}
        <button type="button" className="button button-quiet" onClick={onClose}>
          Close
        </button>
        {isDone ? (
          <small className="hint">Choose another file to import more.</small>
        ) : (
          <button type="submit" form={formId} className="button button-primary" aria-disabled={busy}>
            Start
          </button>
        )}
      </footer>
    </Modal>
  )
}
