import { useEffect, useState } from 'react'
import { linkTo } from '../lib/base-path.ts'
import { createLiveOne } from '../live/live-one.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { EditorForm } from './editor-form.tsx'
import '../styles/posts.css'

/** Where a post is written. @param id of one that is there; null = a new one */
export function PostEditor({ id }: { id: number | null }) {
  if (id === null) return <EditorForm id="new" post={undefined} isGone={false} onStored={() => {}} />
  return <ExistingPost id={id} />
}

function ExistingPost({ id }: { id: number }) {
  const { client, live } = usePage()
  const [one] = useState(() =>
    createLiveOne({
      live,
      kind: 'posts',
      fetchOne: signal => client.posts.get({ id: String(id) }, { signal }),
    }),
  )
  const { item: post, isMissing, error } = useStore(one.store, state => state)
  /** Once begun, a text stays, whatever becomes of the post. */
  const [wasHere, setWasHere] = useState(false)
  if (post && !wasHere) setWasHere(true)
  useEffect(() => one.start(), [one])

  if (wasHere) return <EditorForm id={id} post={post} isGone={isMissing} onStored={one.take} />
  return (
    <div className="library reading">
      <h1 className="visually-hidden">Edit the post</h1>
      {isMissing || error !== null ? (
        <ErrorNotice>{error ?? 'This post was deleted, or you may not see it.'}</ErrorNotice>
      ) : (
        <p className="list-end">Loading…</p>
      )}
      <a className="button" href={linkTo('/posts')}>
        All posts
      </a>
    </div>
  )
}
