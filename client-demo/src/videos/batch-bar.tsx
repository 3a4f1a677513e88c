import { useId, useState } from 'react'
import { limits, type Visibility } from '../../../sdk/index.ts'
import { Restored } from '../drafts/restored.tsx'
import { useKept } from '../drafts/use-kept.ts'
import { useSending } from '../forms/use-sending.ts'
import { useWhileShown } from '../forms/use-while-shown.ts'
import { usePage } from '../lib/use-page.ts'
import { ChoiceField } from '../ui/choice-field.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { FormFoot } from '../ui/form-foot.tsx'
import { Modal } from '../ui/modal.tsx'
import { ModalForm } from '../ui/modal-form.tsx'
import { tagsOf } from './video-draft.ts'

/** Many videos changed alike, as administrators may. The dialog stays when nothing is chosen any more. */
export function BatchBar({ ids, onDone, onClear }: Pick<BatchDialogProps, 'ids' | 'onDone'> & { onClear: () => void }) {
  const [open, setOpen] = useState(false)
  const tooMany = ids.length > limits.batchVideos
  return (
    <>
      {ids.length > 0 && (
        <div className="bulk-bar" role="region" aria-label="Selected videos">
          <b>{tooMany ? `${ids.length} selected, at most ${limits.batchVideos} at once` : `${ids.length} selected`}</b>
          <button type="button" className="button" aria-disabled={tooMany} onClick={() => setOpen(!tooMany)}>
            Change
          </button>
          <button type="button" className="button button-quiet" onClick={onClear}>
            Clear
          </button>
        </div>
      )}
      {open && <BatchDialog ids={ids} onDone={onDone} onClose={() => setOpen(false)} />}
    </>
  )
}

interface BatchDialogProps {
  ids: readonly number[]
  /** Those that need not be chosen any more. */
  onDone: (ids: readonly number[]) => void
  onClose: () => void
}

const kept = 'kept'

function BatchDialog({ ids: chosen, onDone, onClose }: BatchDialogProps) {
  /** As they were when it was opened. */
  const [ids] = useState(chosen)
  const { client, toasts } = usePage()
  const formId = useId()
  const [visibility, setVisibility] = useState<Visibility | typeof kept>(kept)
  const { text: tags, isRestored, write: setTags, forget } = useKept('videos:tags')
  const [changesTags, setChangesTags] = useState(tags !== '')
  const isNothing = visibility === kept && !changesTags

  const { errors, busy, send } = useSending(['tags', 'visibility'])
  const closeIfShown = useWhileShown(onClose)

  async function save() {
    const updates = { ...(visibility !== kept && { visibility }), ...(changesTags && { tags: tagsOf(tags) }) }
    const { updated_count, failed_updates } = await client.videos.batchUpdate({ video_ids: [...ids], updates })
    const [first] = failed_updates
    toasts.say(`${updated_count} ${updated_count === 1 ? 'video is' : 'videos are'} changed`)
    if (first) toasts.error(`${failed_updates.length} could not be changed: ${first.message}`)
    if (changesTags) forget()
    closeIfShown()
    onDone(ids)
  }

  return (
    <Modal title={`Change ${ids.length} videos`} className="ask-dialog" onClose={onClose}>
      <ModalForm
        id={formId}
        onSubmit={element => {
          if (!isNothing) void send(save, element)
        }}
      >
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <Restored isShown={isRestored} onStartOver={forget} />
        <ChoiceField
          label="Who sees them"
          error={errors.fields.visibility}
          names={{ [kept]: 'As before', internal: 'Whoever sees their project', private: 'Only whoever added each' }}
          value={visibility}
          onChange={setVisibility}
        />
        <label className="check">
          <input type="checkbox" checked={changesTags} onChange={event => setChangesTags(event.target.checked)} />
          Give them other tags
        </label>
        {changesTags && (
          <Field label="Tags" error={errors.fields.tags} hint="With commas between, in place of those that they have">
            {props => <input {...props} type="text" value={tags} onChange={event => setTags(event.target.value)} />}
          </Field>
        )}
      </ModalForm>
      <FormFoot form={formId} action="Save" busy={busy || isNothing} onClose={onClose} />
    </Modal>
  )
}
