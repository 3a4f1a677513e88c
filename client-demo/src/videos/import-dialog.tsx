import { useId, useState } from 'react'
import { limits } from '../../../sdk/index.ts'
import { Restored } from '../drafts/restored.tsx'
import { useKept } from '../drafts/use-kept.ts'
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

/** Addresses as people paste them: one a line, or with spaces or commas between. */
const addressesIn = (text: string) => [...new Set(text.split(/[\s,]+/).filter(address => address !== ''))]

/** Many videos by their addresses. The import goes on though the dialog is closed. */
export function ImportDialog({ project, onClose }: { project: number | null; onClose: () => void }) {
  const { client, jobs } = usePage()
  const formId = useId()
  const { text, isRestored, write, forget } = useKept('videos:import')
  const [to, setTo] = useState(project)
  const { errors, busy, refuse, send } = useSending(['urls', 'project'], { staysOpen: true })
  const [started, setStarted] = useState<number | null>(null)
  const job = useJob(started)
  const urls = addressesIn(text)
  useTitle('Import videos', { isOver: true })

  async function start() {
    if (urls.length === 0) return refuse({ urls: 'Paste one address at least' })
    await send(async () => {
      const begun = await client.videos.import({ urls, project: to })
      jobs.take([begun])
      forget()
      setStarted(begun.id)
    })
  }

  return (
    <Modal title="Import videos" className="import-dialog" hasAddress onClose={onClose}>
      {started === null ? (
        <ModalForm id={formId} onSubmit={() => void start()}>
          <ErrorNotice>{errors.whole}</ErrorNotice>
          <Restored isShown={isRestored} onStartOver={forget} />
          <Field
            label="Addresses"
            error={errors.fields.urls}
            hint={`Of YouTube and Vimeo, one a line, at most ${limits.importedVideos}`}
          >
            {props => (
              <textarea
                {...props}
                data-first
                rows={7}
                spellCheck={false}
                value={text}
                onChange={event => write(event.target.value)}
              />
            )}
          </Field>
          <ProjectSelect value={to} error={errors.fields.project} onChange={setTo} />
        </ModalForm>
      ) : (
        <div className="modal-body">
          {job && <JobProgress job={job} />}
          {job && <JobResult job={job} />}
        </div>
      )}
      <footer className="modal-foot">
        <span className="bar-space" />
        {job && !hasEnded(job) && (
          <button type="button" className="button button-quiet" onClick={() => void jobs.cancel(job.id)}>
            Stop it
          </button>
        )}
        <button type="button" className={`button${started === null ? ' button-quiet' : ''}`} onClick={onClose}>
          {started === null ? 'Cancel' : 'Close'}
        </button>
        {started === null && (
          <button type="submit" form={formId} className="button button-primary" aria-disabled={busy}>
            {urls.length > 1 ? `Import ${urls.length} videos` : 'Start'}
          </button>
        )}
      </footer>
    </Modal>
  )
}
