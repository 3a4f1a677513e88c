import { usePage } from '../lib/use-page.ts'
import { Icon } from '../ui/icon.tsx'
import { copyLinkToTask } from './link-to-task.ts'

/** The address of a task, to be pasted elsewhere. */
export function CopyLink({ id }: { id: number }) {
  const { toasts } = usePage()
  return (
    <button
      type="button"
      className="icon-button"
      aria-label="Copy link"
      title="Copy link"
      onClick={() => void copyLinkToTask(id, toasts)}
    >
      <Icon name="link" />
    </button>
  )
}
