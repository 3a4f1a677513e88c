import type { Task } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { copyLinkToTask } from '../task-dialog/link-to-task.ts'
import { Icon } from '../ui/icon.tsx'
import { StatusMark } from '../ui/marks.tsx'
import { Menu, type MenuItem } from '../ui/menu.tsx'
import { boardStatuses, statusNames } from '../lib/vocabulary.ts'
import { followMove } from './follow-focus.ts'

interface CardMenuProps {
  task: Task
  mayChange: boolean
  anchor: HTMLElement
  onOpen: (id: number) => void
  onDelete: (id: number) => void
  onClose: () => void
}

/** All that dragging does, without dragging. */
export function CardMenu({ task, mayChange, anchor, onOpen, onDelete, onClose }: CardMenuProps) {
  const { board, moves, toasts } = usePage()
  const column = board.tasksByColumn()[task.status]
  const selected = board.store.get().selected.has(task.id)
  const at = column.findIndex(other => other.id === task.id)
  const above = column[at - 1]
  const below = column[at + 1]

  function move(place: Parameters<typeof moves.move>[1]) {
    followMove(task.id, moves.move(task, place))
  }

  const changes: (MenuItem | 'line')[] = [
    {
      label: selected ? 'Unselect' : 'Select',
      mark: <Icon name="check" />,
      run: () => board.select([task.id], !selected),
    },
    'line',
    ...[...boardStatuses, 'cancelled' as const]
      .filter(status => status !== task.status)
      .map(status => ({
        label: `Move to ${statusNames[status]}`,
        mark: <StatusMark status={status} />,
        run: () => move({ status }),
      })),
    'line',
    { label: 'Up', disabled: !above, run: () => above && move({ status: task.status, beforeId: above.id }) },
    { label: 'Down', disabled: !below, run: () => below && move({ status: task.status, afterId: below.id }) },
    'line',
    { label: 'Delete', mark: <Icon name="trash" />, danger: true, run: () => onDelete(task.id) },
  ]
  const items: (MenuItem | 'line')[] = [
    { label: 'Open', mark: <Icon name={mayChange ? 'pencil' : 'post'} />, run: () => onOpen(task.id) },
    { label: 'Copy link', mark: <Icon name="link" />, run: () => void copyLinkToTask(task.id, toasts) },
    ...(mayChange ? changes : []),
  ]
  return <Menu label="Actions" items={items} anchor={anchor} onClose={onClose} />
}
