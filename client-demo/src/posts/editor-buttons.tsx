import { useState } from 'react'
import type { Post } from '../../../sdk/index.ts'
import { replacePath } from '../lib/router.ts'
import { Ask } from '../ui/ask.tsx'
import { Icon } from '../ui/icon.tsx'
import { DeletePost } from './delete-post.tsx'
import type { PostForm } from './use-post-form.ts'

interface EditorButtonsProps {
  form: PostForm
  post: Post | undefined
  /** Gone, or no longer one's own to change. */
  isClosed: boolean
  /** Beside what Enter does, which is to store it as it stands. */
  onSave: (status: Post['status']) => void
}

export function EditorButtons({ form, post, isClosed, onSave }: EditorButtonsProps) {
  const [asked, setAsked] = useState<'delete' | 'leave' | null>(null)
  const isPublished = post?.status === 'published'

  function leave() {
    form.forget()
    replacePath(post ? `/posts/${post.id}` : '/posts')
  }

  return (
    <footer className="editor-foot">
      {post && !isClosed && (
        <button type="button" className="button button-quiet danger" onClick={() => setAsked('delete')}>
          <Icon name="trash" />
          <span>Delete</span>
        </button>
      )}
      <span className="bar-space" />
      <button
        type="button"
        className="button button-quiet"
        onClick={() => (form.isEdited ? setAsked('leave') : leave())}
      >
        Cancel
      </button>
      {!isClosed && isPublished && (
        <>
          <button type="button" className="button" aria-disabled={form.busy} onClick={() => onSave('draft')}>
            Take back
          </button>
          <button type="submit" className="button button-primary" aria-disabled={form.busy}>
            Save
          </button>
        </>
      )}
      {!isClosed && !isPublished && (
        <>
          <button type="submit" className="button" aria-disabled={form.busy}>
            Save draft
          </button>
          <button
            type="button"
            className="button button-primary"
            aria-disabled={form.busy}
            onClick={() => onSave('published')}
          >
            Publish
          </button>
        </>
      )}
      {asked === 'delete' && post && <DeletePost post={post} onClose={() => setAsked(null)} />}
      {asked === 'leave' && (
        <Ask
          title="Discard what you wrote?"
          text="It is not stored yet. Without discarding it you can go elsewhere on this page and come back to it."
          action="Discard"
          onYes={leave}
          onClose={() => setAsked(null)}
        />
      )}
    </footer>
  )
}
