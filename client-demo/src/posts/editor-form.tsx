import { useState } from 'react'
import { limits, type Post } from '../../../sdk/index.ts'
import { Restored } from '../drafts/restored.tsx'
import { Clashes } from '../forms/clashes.tsx'
import { Locked } from '../forms/locked.tsx'
import { Theirs } from '../forms/theirs.tsx'
import { usePage } from '../lib/use-page.ts'
import { useIsLocked } from '../projects/rights.ts'
import { ProjectSelect } from '../projects/project-select.tsx'
import { rememberPlace, replacePath } from '../lib/router.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { BodyField } from './body-field.tsx'
import { CoverField } from './cover-field.tsx'
import { EditorButtons } from './editor-buttons.tsx'
import { usePostForm, type PostForm } from './use-post-form.ts'

interface EditorFormProps {
  id: number | 'new'
  post: Post | undefined
  isGone: boolean
  onStored: (post: Post) => void
}

export function EditorForm({ id, post, isGone, onStored }: EditorFormProps) {
  const { toasts } = usePage()
  const form = usePostForm({ post, id, project: null, onStored })
  const { draft, set, errors, clashes, base } = form
  const [isNew] = useState(id === 'new')
  const isLocked = useIsLocked(post && { owner: post.author_id, projectId: post.project_id })

  async function save(status: Post['status']) {
    if (isLocked) return
    const before = post?.status
    const isStillHere = rememberPlace()
    const stored = await form.save(status)
    if (!stored) return
    if (stored.status === 'published') {
      toasts.say(before === 'published' ? 'Stored' : 'Published')
      if (isStillHere()) replacePath(`/posts/${stored.id}`)
    } else {
      toasts.say(before === 'published' ? 'Taken back: it is a draft again' : 'The draft is stored')
      if (isNew && isStillHere()) replacePath(`/write/${stored.id}`)
    }
  }

  return (
    <form
      className="library editor"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        void save(post?.status ?? 'draft')
      }}
    >
      <header className="library-head">
        <h1>{isNew ? 'A new post' : 'Edit the post'}</h1>
        {post && <span className="tag">{post.status === 'draft' ? 'Draft' : 'Published'}</span>}
      </header>
      <Notices form={form} isGone={isGone} />
      {isLocked && <Locked />}
      <Restored isShown={form.isRestored && !isGone} onStartOver={form.startOver} />
      {/* What is typed while it becomes a post would be typed into the old form. */}
      <fieldset className="editor-fields" disabled={isNew && form.busy}>
        <Field
          label="Title"
          error={errors.fields.title}
          hint={
            <Theirs value={clashes.includes('title') ? base.title : null} onTake={() => set({ title: base.title })} />
          }
        >
          {props => (
            <input
              {...props}
              className="title-input"
              maxLength={limits.title}
              value={draft.title}
              onChange={event => set({ title: event.target.value })}
            />
          )}
        </Field>
        <div className="pair">
          <SlugField form={form} />
          {isNew && (
            <ProjectSelect
              value={draft.project_id}
              error={errors.fields.project}
              onChange={project_id => set({ project_id })}
            />
          )}
        </div>
        <CoverField form={form} projectId={draft.project_id} />
        <BodyField form={form} projectId={draft.project_id} />
      </fieldset>
      <EditorButtons form={form} post={post} isClosed={isGone || isLocked} onSave={status => void save(status)} />
    </form>
  )
}

function Notices({ form, isGone }: { form: PostForm; isGone: boolean }) {
  return (
    <>
      <ErrorNotice>{form.errors.whole}</ErrorNotice>
      {isGone && (
        <ErrorNotice>
          This post was deleted meanwhile, or you may no longer see it. What you wrote is still here.
        </ErrorNotice>
      )}
      <Clashes isShown={form.clashes.length > 0} />
    </>
  )
}

function SlugField({ form: { draft, base, clashes, set, errors } }: { form: PostForm }) {
  const theirs = <Theirs value={clashes.includes('slug') ? base.slug : null} onTake={() => set({ slug: base.slug })} />
  return (
    <Field
      label="Address"
      error={errors.fields.slug}
      hint={base.slug === '' ? 'Small letters, digits and hyphens; made from the title when empty' : theirs}
    >
      {props => (
        <input
          {...props}
          maxLength={limits.slug}
          autoCapitalize="none"
          spellCheck={false}
          value={draft.slug}
          onChange={event => set({ slug: event.target.value })}
        />
      )}
    </Field>
  )
}
