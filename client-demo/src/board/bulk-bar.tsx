import { useState } from 'react'
import { isTaskwireError, randomId, taskStatuses, type CallInput, type operations } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { Ask } from '../ui/ask.tsx'
import { Icon } from '../ui/icon.tsx'
import { PriorityMark, StatusMark } from '../ui/marks.tsx'
import { Menu, type MenuItem } from '../ui/menu.tsx'
import { prioritiesByWeight, priorityNames, statusNames } from '../lib/vocabulary.ts'
import { followSelected } from './follow-focus.ts'

type Updates = CallInput<(typeof operations)['tasks']['bulkUpdate']>['updates']

interface Outcome {
  done: number
  failures: { task_id: number; code: string; message: string }[]
}

/** One call changes only so much text; the tasks that it left are given to the next one. */
async function inPortions(ids: number[], call: (ids: number[]) => Promise<Outcome>): Promise<Outcome> {
  const { done, failures } = await call(ids)
  const left = failures.filter(({ code }) => code === 'payload_too_large')
  const failed = failures.filter(({ code }) => code !== 'payload_too_large')
  if (left.length === 0 || left.length === ids.length) return { done, failures }
  const goOn = inPortions(
    left.map(({ task_id }) => task_id),
    call,
  )
  // What has been done is done, and is said.
  const rest = await goOn.catch((error: unknown) => ({
    done: 0,
    failures: left.map(failure => ({ ...failure, message: isTaskwireError(error) ? error.message : failure.message })),
  }))
  return { done: done + rest.done, failures: [...failed, ...rest.failures] }
}

const plural = (count: number) => (count === 1 ? '1 task' : `${count} tasks`)

export function BulkBar() {
  const { board, client, toasts } = usePage()
  const selected = useStore(board.store, state => state.selected)
  const [menu, setMenu] = useState<{ kind: 'status' | 'priority'; anchor: HTMLElement } | null>(null)
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  if (selected.size === 0) return null
  const task_ids = [...selected]

  async function run(work: () => Promise<{ done: number; failures: { message: string }[] }>, verb: string) {
    setBusy(true)
    try {
      const { done, failures } = await work()
      if (failures.length === 0) toasts.say(`${plural(done)} ${verb}`)
      else toasts.error(`${plural(done)} ${verb}, ${failures.length} not: ${failures[0]?.message ?? ''}`)
      // What was selected meanwhile stays.
      board.select(task_ids, false)
    } catch (error) {
      toasts.error(isTaskwireError(error) ? error.message : 'Something went wrong')
    } finally {
      setBusy(false)
    }
  }

  const change = (updates: Updates) =>
    followSelected(
      task_ids,
      run(() => inPortions(task_ids, ids => changePortion(ids, updates)), 'changed'),
    )

  async function changePortion(ids: number[], updates: Updates) {
    const mutationId = board.noteMutation(randomId())
    const answer = await client.tasks.bulkUpdate({ task_ids: ids, updates }, { mutationId })
    return { done: answer.updated_count, failures: answer.failed_updates }
  }

  async function removeAll() {
    const mutationId = board.noteMutation(randomId())
    const { deleted_count, failed_deletes } = await client.tasks.bulkDelete({ task_ids }, { mutationId })
    return { done: deleted_count, failures: failed_deletes }
  }

  const clear = () => followSelected(task_ids, Promise.resolve().then(board.clearSelection))

  const items: Record<'status' | 'priority', MenuItem[]> = {
    status: taskStatuses.map(status => ({
      label: statusNames[status],
      mark: <StatusMark status={status} />,
      run: () => change({ status }),
    })),
    priority: prioritiesByWeight.map(priority => ({
      label: priorityNames[priority],
      mark: <PriorityMark priority={priority} />,
      run: () => change({ priority }),
    })),
  }
  const opener = (kind: 'status' | 'priority', text: string) => (
    <button
      type="button"
      className="button"
      aria-haspopup="menu"
      disabled={busy}
      onClick={event => setMenu({ kind, anchor: event.currentTarget })}
    >
      {text}
    </button>
  )

  return (
    <div className="bulk-bar" role="toolbar" aria-label="Selected tasks">
      <b>{selected.size} selected</b>
      {opener('status', 'Move to…')}
      {opener('priority', 'Priority…')}
      <button type="button" className="button danger" disabled={busy} onClick={() => setAsked(true)}>
        Delete…
      </button>
      <button type="button" className="icon-button" aria-label="Clear selection" onClick={clear}>
        <Icon name="close" />
      </button>
      {asked && (
        <Ask
          title={`Delete ${plural(selected.size)}?`}
          text="They will be gone for everybody, with their comments and files. This cannot be undone."
          action={`Delete ${plural(selected.size)}`}
          onYes={() => {
            setAsked(false)
            followSelected(task_ids, run(removeAll, 'deleted'))
          }}
          onClose={() => setAsked(false)}
        />
      )}
      {menu && <Menu label="Choose" items={items[menu.kind]} anchor={menu.anchor} onClose={() => setMenu(null)} />}
    </div>
  )
}
