import { memo, Suspense, use, useMemo } from 'react'
import { linkTo } from '../lib/base-path.ts'
import type { Post } from '../../../sdk/index.ts'
import { tryReading } from '../markdown/reading.ts'
import { thumbnailAddress } from '../media/address.ts'
import { Picture } from '../media/picture.tsx'
import { PostFacts } from './post-facts.tsx'

const mostLetters = 180

/** The beginning, as a reader would read it out. */
function Beginning({ body }: { body: string }) {
  const reading = use(tryReading())
  const text = useMemo(() => {
    const start = body.slice(0, 2_000)
    return reading ? reading.plainText(reading.readPost(start)) : start
  }, [reading, body])
  if (text === '') return null
  return <p>{text.length > mostLetters ? `${text.slice(0, mostLetters).trimEnd()}…` : text}</p>
}

export const PostCard = memo(function PostCard({ post }: { post: Post }) {
  return (
    <li className="post-card" aria-label={post.title}>
      <a href={linkTo(`/posts/${post.id}`)}>
        {post.cover_media_id !== null && (
          <Picture
            key={post.cover_media_id}
            className="post-cover"
            src={thumbnailAddress(post.cover_media_id)}
            alt=""
          />
        )}
        <span className="post-title" dir="auto">
          {post.title}
        </span>
      </a>
      <Suspense fallback={<p> </p>}>
        <Beginning body={post.body} />
      </Suspense>
      <PostFacts post={post} />
    </li>
  )
})
