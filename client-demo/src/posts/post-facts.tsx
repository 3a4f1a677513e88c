import type { Post } from '../../../sdk/index.ts'
import { formatDay, formatMoment } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { Avatar, PersonName } from '../people/avatar.tsx'
import { useStore } from '../lib/store.ts'

/** Who wrote it, when, and where. */
export function PostFacts({ post }: { post: Post }) {
  const project = useStore(usePage().projects.store, all => all.get(post.project_id ?? 0))
  const at = post.published_at ?? post.updated_at
  return (
    <p className="post-facts">
      <Avatar id={post.author_id} size="s" />
      <span>
        <PersonName id={post.author_id} />
      </span>
      <time dateTime={at} title={formatMoment(at)}>
        {formatDay(at)}
      </time>
      {project && <bdi>{project.name}</bdi>}
      {post.status === 'draft' && <span className="tag">Draft</span>}
    </p>
  )
}
