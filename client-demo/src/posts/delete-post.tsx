import type { Post } from '../../../sdk/index.ts'
import { formErrors } from '../lib/form-errors.ts'
import { usePage } from '../lib/use-page.ts'
import { rememberPlace, replacePath } from '../lib/router.ts'
import { Ask } from '../ui/ask.tsx'

export function DeletePost({ post, onClose }: { post: Post; onClose: () => void }) {
  const { client, toasts, drafts } = usePage()

  async function remove() {
    const isStillHere = rememberPlace()
    onClose()
    try {
      await client.posts.delete({ id: String(post.id) })
      drafts.delete(`post:${post.id}`)
      toasts.say(`“${post.title}” is deleted`)
      if (isStillHere()) replacePath('/posts')
    } catch (error) {
      toasts.error(`“${post.title}” could not be deleted: ${formErrors(error, []).whole}`)
    }
  }

  return (
    <Ask
      title="Delete this post?"
      text={`“${post.title}” will be gone for everybody. Its pictures stay in the library. This cannot be undone.`}
      action="Delete"
      onYes={() => void remove()}
      onClose={onClose}
    />
  )
}
