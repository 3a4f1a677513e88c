import { useEffect, useEffectEvent, useId } from 'react'
import type { Task } from '../../../sdk/index.ts'
import { useLiveList } from '../live/use-live-list.ts'
import { FileButton } from '../media/file-button.tsx'
import { Files } from '../media/files.tsx'
import { createMediaList } from '../media/media-list.ts'
import { UploadList } from '../media/upload-list.tsx'
import { usePage } from '../lib/use-page.ts'
import { useFileDrops } from '../ui/file-drops.ts'
import { ListEnd } from '../ui/list-end.tsx'

/** What is attached to a task: by button, by dropping it anywhere, or pasted. */
export function TaskFiles({ task, mayAdd }: { task: Task; mayAdd: boolean }) {
  const { client, live, uploads } = usePage()
  const id = useId()
  const { list, items: files, end } = useLiveList(() => createMediaList({ client, live, taskId: task.id }))
  const place = { taskId: task.id }

  useEffect(
    () => uploads.onStored(file => void (file.task_id === task.id && list.take(file))),
    [uploads, list, task.id],
  )

  const add = (given: File[]) => uploads.add(given, place)
  const isOver = useFileDrops(add, mayAdd)
  usePastedFiles(add, mayAdd)

  return (
    <section className="task-files" aria-labelledby={id}>
      <header>
        <h3 id={id}>Files</h3>
        {mayAdd && <FileButton label="Attach" icon="clip" className="button-quiet" onFiles={add} />}
      </header>
      <UploadList isShown={item => item.place.taskId === task.id} />
      <Files list={list} files={files} label="Files of this task" />
      <ListEnd {...end}>
        <p>{mayAdd ? 'Nothing attached. Drop files here, or paste a picture.' : 'Nothing attached.'}</p>
      </ListEnd>
      {isOver && (
        <div className="drop-veil" aria-hidden="true">
          <p>Drop to attach</p>
        </div>
      )}
    </section>
  )
}

/** Pasted anywhere in the dialog; text that is pasted goes where the cursor is, as ever. */
function usePastedFiles(take: (files: File[]) => void, enabled: boolean) {
  const taken = useEffectEvent(take)
  useEffect(() => {
    if (!enabled) return
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length === 0 || event.clipboardData?.types.includes('text/plain')) return
      event.preventDefault()
      taken(files)
    }
    addEventListener('paste', paste)
    return () => removeEventListener('paste', paste)
  }, [enabled])
}
