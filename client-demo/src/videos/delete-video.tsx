import type { Video } from '../../../sdk/index.ts'
import { formErrors } from '../lib/form-errors.ts'
import { usePage } from '../lib/use-page.ts'
import { Ask } from '../ui/ask.tsx'

interface DeleteVideoProps {
  video: Video
  onDeleted: (id: number) => void
  onClose: () => void
}

export function DeleteVideo({ video, onDeleted, onClose }: DeleteVideoProps) {
  const { client, toasts } = usePage()

  async function remove() {
    onClose()
    try {
      await client.videos.delete({ id: video.id })
      onDeleted(video.id)
      toasts.say(`“${video.title}” is deleted`)
    } catch (error) {
      toasts.error(`“${video.title}” could not be deleted: ${formErrors(error, []).whole}`)
    }
  }

  return (
    <Ask
      title="Delete this video?"
      text={`“${video.title}” will be gone from here for everybody. Where it lies it stays. This cannot be undone.`}
      action="Delete"
      onYes={() => void remove()}
      onClose={onClose}
    />
  )
}
