import { useEffect, useState } from 'react'
import { linkTo } from '../lib/base-path.ts'
import { type Post } from '../../../sdk/index.ts'
import { createLiveOne } from '../live/live-one.ts'
import { Markdown } from '../markdown/markdown.tsx'
import { mediaAddress } from '../media/address.ts'
import { Picture } from '../media/picture.tsx'
import { usePage } from '../lib/use-page.ts'
import { mayChange } from '../projects/rights.ts'
import { useStore } from '../lib/store.ts'
import { useTitle } from '../lib/titles.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Icon } from '../ui/icon.tsx'
import { DeletePost } from './delete-post.tsx'
import { PostFacts } from './post-facts.tsx'
import '../styles/posts.css'

/** A post, to be read. @param name id or slug, as the address has it */
export function PostView({ name }: { name: string }) {
  const { client, live } = usePage()
  const [one] = useState(() =>
    createLiveOne({
      live,
      kind: 'posts',
      fetchOne: signal => client.posts.get({ id: name }, { signal }),
    }),
  )
  const { item: post, isMissing, error } = useStore(one.store, state => state)
  useEffect(() => one.start(), [one])
  useTitle(post?.title ?? null, { isOver: true })

  return (
    <div className="library reading">
      <a className="button button-quiet reading-back" href={linkTo('/posts')}>
        <Icon name="back" />
        All posts
      </a>
      {!post && <h1 className="visually-hidden">Post</h1>}
      <ErrorNotice>{error}</ErrorNotice>
      {isMissing && (
        <p className="notice" role="alert">
          This post was deleted or taken back, or you may not see it.
        </p>
      )}
      {!post && !isMissing && error === null && <p className="list-end">Loading…</p>}
      {post && <Reading post={post} />}
    </div>
  )
}

function Reading({ post }: { post: Post }) {
  const { me, projects } = usePage()
  const [asked, setAsked] = useState(false)
  const project = useStore(projects.store, all => all.get(post.project_id ?? 0))
  const isOurs = mayChange({ owner: post.author_id, projectId: post.project_id }, me, project)
  return (
    <article>
      {post.cover_media_id !== null && (
        <Picture key={post.cover_media_id} className="reading-cover" src={mediaAddress(post.cover_media_id)} alt="" />
      )}
      <h1 dir="auto">{post.title}</h1>
      <div className="reading-head">
        <PostFacts post={post} />
        {isOurs && (
          <>
            <a className="button" href={linkTo(`/write/${post.id}`)}>
              <Icon name="pencil" />
              Edit
            </a>
            <button type="button" className="button button-quiet danger" onClick={() => setAsked(true)}>
              <Icon name="trash" />
              Delete
            </button>
          </>
        )}
      </div>
      <Markdown text={post.body} isPost />
      {asked && <DeletePost post={post} onClose={() => setAsked(false)} />}
    </article>
  )
}
