import { useId } from 'react'
import { limits, type Video } from '../../../sdk/index.ts'
import { Restored } from '../drafts/restored.tsx'
import { Clashes } from '../forms/clashes.tsx'
import { Leaving, useLeaving } from '../forms/leaving.tsx'
import { Locked } from '../forms/locked.tsx'
import { Theirs } from '../forms/theirs.tsx'
import { useEditedForm } from '../forms/use-edited-form.ts'
import { rememberPlace } from '../lib/router.ts'
import { usePage } from '../lib/use-page.ts'
import { useIsLocked } from '../projects/rights.ts'
import { ProjectSelect } from '../projects/project-select.tsx'
import { useTitle } from '../lib/titles.ts'
import { ChoiceField } from '../ui/choice-field.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { FormFoot } from '../ui/form-foot.tsx'
import { Modal } from '../ui/modal.tsx'
import { ModalForm } from '../ui/modal-form.tsx'
import { changesOf, draftOf, newVideo, videoFields, type VideoDraft, type VideoField } from './video-draft.ts'

interface VideoDialogProps {
  /** null = a new one */
  id: number | null
  /** As it is now; undefined = it is new, or gone meanwhile. */
  video: Video | undefined
  project: number | null
  onStored: (video: Video) => void
  onClose: () => void
}

/** Adding a video by hand, and changing one. What others change meanwhile comes in, or stands beside. */
export function VideoDialog({ id, video, project, onStored, onClose }: VideoDialogProps) {
  const { client } = usePage()
  const formId = useId()
  const form = useEditedForm<VideoDraft, VideoField, Video>({
    thing: `video:${id ?? 'new'}`,
    fields: videoFields,
    first: newVideo(project),
    now: video ? { draft: draftOf(video), version: video.version } : undefined,
    noun: 'video',
    names: [...videoFields, 'project'],
    onCurrent: onStored,
  })
  const { draft, edited, version, errors } = form
  const isNew = id === null
  const isGone = !isNew && video === undefined
  const isLocked = useIsLocked(video && { owner: video.created_by, projectId: video.project_id })
  const leaving = useLeaving({ isAtStake: form.isEdited && !isGone, forget: form.forget, onClose })
  useTitle(isNew ? 'Add a video' : (video?.title ?? null), { isOver: true })

  async function save() {
    const isStillHere = rememberPlace()
    const changes = changesOf(edited, draft)
    const { title = '', url = '', ...rest } = changes
    onStored(
      video
        ? await client.videos.update({ id: video.id, ...changes }, { version })
        : await client.videos.create({ ...rest, title, url, project: draft.project_id }),
    )
    form.forget()
    if (isStillHere()) onClose()
  }

  return (
    <Modal title={isNew ? 'Add a video' : 'Edit the video'} className="video-dialog" hasAddress onClose={leaving.close}>
      <ModalForm id={formId} onSubmit={element => void form.send(save, element)}>
        <ErrorNotice>
          {errors.whole ?? (isGone ? 'This video was deleted meanwhile, or you may no longer see it.' : null)}
        </ErrorNotice>
        <Clashes isShown={form.clashes.length > 0} />
        {isLocked && <Locked />}
        <Restored isShown={form.isRestored && !isGone} onStartOver={form.startOver} />
        <VideoFields form={form} errors={errors.fields} isNew={isNew} />
      </ModalForm>
      {leaving.isAsked && <Leaving {...leaving} />}
      <FormFoot
        form={formId}
        action={isNew ? 'Add' : 'Save'}
        busy={form.busy}
        onClose={leaving.close}
        isReadOnly={isGone || isLocked}
        hidden={leaving.isAsked}
      />
    </Modal>
  )
}

type Form = ReturnType<typeof useEditedForm<VideoDraft, VideoField, Video>>

interface VideoFieldsProps {
  form: Form
  errors: Readonly<Record<string, string>>
  isNew: boolean
}

const texts = [
  { field: 'url', label: 'Address', max: limits.url, hint: 'https://…' },
  { field: 'title', label: 'Title', max: limits.title },
  { field: 'tags', label: 'Tags', max: limits.tags * (limits.tag + 2), hint: 'With commas between' },
  { field: 'author_name', label: 'By', max: limits.personName, hint: 'Whose video it is there' },
  {
    field: 'thumbnail_url',
    label: 'Address of a picture',
    max: limits.url,
    hint: 'Of YouTube or Vimeo; others are not shown',
  },
] as const

function VideoFields({ form, errors, isNew }: VideoFieldsProps) {
  const { draft, base, clashes, set } = form
  const theirs = (field: VideoField) => (
    <Theirs value={clashes.includes(field) ? base[field] : null} onTake={() => set({ [field]: base[field] })} />
  )
  return (
    <>
      {texts.map(({ field, label, max, ...more }, at) => (
        <Field
          key={field}
          label={label}
          error={errors[field]}
          hint={clashes.includes(field) || !('hint' in more) ? theirs(field) : more.hint}
        >
          {props => (
            <input
              {...props}
              {...(at === 0 && { 'data-first': true })}
              type="text"
              maxLength={max}
              spellCheck={field === 'title'}
              autoComplete="off"
              value={draft[field]}
              onChange={event => set({ [field]: event.target.value })}
            />
          )}
        </Field>
      ))}
      <Field label="Description" error={errors.description} hint={theirs('description')}>
        {props => (
          <textarea
            {...props}
            rows={4}
            maxLength={limits.description}
            value={draft.description}
            onChange={event => set({ description: event.target.value })}
          />
        )}
      </Field>
      <div className="pair">
        <ChoiceField
          label="Who sees it"
          error={errors.visibility}
          hint={theirs('visibility')}
          names={{ internal: 'Whoever sees its project', private: 'Only whoever added it' }}
          value={draft.visibility}
          onChange={visibility => set({ visibility })}
        />
        {isNew && (
          <ProjectSelect value={draft.project_id} error={errors.project} onChange={project_id => set({ project_id })} />
        )}
      </div>
    </>
  )
}
