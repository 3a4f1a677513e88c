import { useEffect, useState } from 'react'
import { isTaskwireError } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useRoute } from '../lib/router.ts'
import { useStore } from '../lib/store.ts'
import { NotFoundDialog } from '../ui/not-found-dialog.tsx'
import { TaskDialog } from './task-dialog.tsx'

/** The task that the address leads to. It may lie in no column that is loaded, or be nobody's any more. */
export function LinkedTask({ id, onClose }: { id: number; onClose: () => void }) {
  const { board, client } = usePage()
  const { query } = useRoute()
  const isHere = useStore(board.store, state => state.store.items.has(id))
  /** Once open it stays open, and says by itself what became of the task. */
  const [wasHere, setWasHere] = useState(isHere)
  const [failure, setFailure] = useState<string | null>(null)
  if (isHere && !wasHere) setWasHere(true)

  useEffect(() => {
    if (wasHere) return
    const abort = new AbortController()
    board.hold(id)
    client.tasks.get({ id }, { signal: abort.signal }).then(
      task => board.take([task]),
      error => {
        if (abort.signal.aborted) return
        const gone = isTaskwireError(error, 'not_found')
        setFailure(gone ? 'This task was deleted, or you may not see it.' : 'The task could not be loaded.')
      },
    )
    return () => abort.abort()
  }, [board, client, id, wasHere])

  if (wasHere) return <TaskDialog id={id} status="todo" comment={commentIn(query)} onClose={onClose} />
  if (failure === null) return null
  return <NotFoundDialog title="Task" reason={failure} back="To the board" onClose={onClose} />
}

/** The comment that was the reason to come. */
const commentIn = (query: URLSearchParams) => Number(query.get('comment') ?? 0) || null
