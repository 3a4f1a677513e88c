import { memo, useMemo } from 'react'
import type { Post } from '../../../sdk/index.ts'
import { parseBlocks } from '../markdown/blocks.ts'
import { plainText } from '../markdown/plain-text.ts'
import { thumbnailAddress } from '../media/address.ts'
import { Picture } from '../media/picture.tsx'
import { PostFacts } from './post-facts.tsx'

const mostLetters = 180

/** The beginning, as a reader would read it out. */
function beginningOf(body: string): string {
  const text = plainText(parseBlocks(body.slice(0, 2_000), { isPost: true }))
  return text.length > mostLetters ? `${text.slice(0, mostLetters).trimEnd()}…` : text
}

export const PostCard = memo(function PostCard({ post }: { post: Post }) {
  const beginning = useMemo(() => beginningOf(post.body), [post.body])
  return (
    <li className="post-card" aria-label={post.title}>
      <a href={`/#/posts/${post.id}`}>
        {post.cover_media_id !== null && (
          <Picture
            key={post.cover_media_id}
            className="post-cover"
            src={thumbnailAddress(post.cover_media_id)}
            alt=""
          />
        )}
        <span className="post-title">{post.title}</span>
      </a>
      {beginning !== '' && <p>{beginning}</p>}
      <PostFacts post={post} />
    </li>
  )
})
