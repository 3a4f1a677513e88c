import type { MediaFile } from '../../../sdk/index.ts'
import { formErrors } from '../lib/form-errors.ts'
import { usePage } from '../lib/use-page.ts'
import { Ask } from '../ui/ask.tsx'

interface DeleteFileProps {
  file: MediaFile
  onDeleted: (id: number) => void
  onClose: () => void
}

export function DeleteFile({ file, onDeleted, onClose }: DeleteFileProps) {
  const { client, toasts } = usePage()
  const name = file.original_filename

  async function remove() {
    onClose()
    try {
      await client.media.delete({ id: file.id })
      onDeleted(file.id)
      toasts.say(`“${name}” is deleted`)
    } catch (error) {
      toasts.error(`“${name}” could not be deleted: ${formErrors(error, []).whole}`)
    }
  }

  return (
    <Ask
      title="Delete this file?"
      text={`“${name}” will be gone for everybody, wherever it is shown. This cannot be undone.`}
      action="Delete"
      onYes={() => void remove()}
      onClose={onClose}
    />
  )
}
