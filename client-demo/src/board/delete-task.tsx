import { isTaskwireError, randomId } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { Ask } from '../ui/ask.tsx'

/** Deleting from the board; the dialog of a task has a button of its own. */
export function DeleteTask({ id, onClose }: { id: number; onClose: () => void }) {
  const { board, client, toasts } = usePage()
  const task = useStore(board.store, state => state.store.items.get(id))
  if (!task) return null

  async function remove(title: string, version: number) {
    onClose()
    try {
      await client.tasks.delete({ id }, { mutationId: board.noteMutation(randomId()) })
      board.forget(id, version + 1)
      toasts.say('The task is deleted')
    } catch (error) {
      const why = isTaskwireError(error) ? error.message : 'Something went wrong'
      toasts.error(`“${title}” could not be deleted: ${why}`)
    }
  }

  return (
    <Ask
      title="Delete this task?"
      text={`“${task.title}” will be gone for everybody. This cannot be undone.`}
      action="Delete"
      onYes={() => void remove(task.title, task.version)}
      onClose={onClose}
    />
  )
}
