import { memo, useCallback, useEffect, useRef, useState } from 'react'
import type { Task, TaskPriority } from '../../../sdk/index.ts'
import { formatDay } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { Avatar } from '../people/avatar.tsx'
import { usePerson } from '../people/directory.ts'
import { useMayChangeTask } from '../projects/rights.ts'
import { useStore } from '../lib/store.ts'
import { Icon } from '../ui/icon.tsx'
import { PriorityMark } from '../ui/marks.tsx'
import { priorityNames } from '../lib/vocabulary.ts'
import { CardMenu } from './card-menu.tsx'
import { makeCardDraggable, makeCardDropTarget, type Edge } from './drag.ts'
import { leaveCard, noteFocus } from './follow-focus.ts'
import { hintGiven, keyboardHint, onCardKey, readerHint } from './keyboard.ts'
import { isOverdue } from '../tasks/match.ts'
import { useEditors } from '../task-dialog/use-editors.ts'

interface CardProps {
  task: Task
  /** Of the list that is loaded. */
  index: number
  /** Pixels from the top of the list. */
  top: number
  /** Among all of the column, loaded or not, from 1; undefined while nobody knows. */
  place: number | undefined
  /** How many those are; -1 while nobody knows. */
  count: number
  isTabStop: boolean
  /** Tells the list how high it is. */
  measure: (element: HTMLLIElement | null) => void
  onFocus: (id: number) => void
  onOpen: (id: number) => void
  onDelete: (id: number) => void
}

export const Card = memo(function Card(props: CardProps) {
  const { task, isTabStop, measure, onFocus, onOpen, onDelete } = props
  const { board, moves, announcer } = usePage()
  const fresh = useStore(board.store, state => state.fresh.get(task.id))
  const selected = useStore(board.store, state => state.selected.has(task.id))
  const anySelected = useStore(board.store, state => state.selected.size > 0)
  const [dragging, setDragging] = useState(false)
  const [edge, setEdge] = useState<Edge | null>(null)
  const [menu, setMenu] = useState<HTMLElement | null>(null)
  const isHinted = useStore(hintGiven, given => given || !isTabStop)
  const element = useRef<HTMLLIElement>(null)
  const attach = useCallback(
    (item: HTMLLIElement | null) => {
      element.current = item
      measure(item)
    },
    [measure],
  )

  const { id, status } = task
  const mayChange = useMayChangeTask(task.project_id) === true
  useEffect(() => {
    if (element.current) return makeCardDropTarget({ element: element.current, id, status, onEdge: setEdge })
  }, [id, status])
  useEffect(() => {
    if (element.current && mayChange)
      return makeCardDraggable({ element: element.current, id, onDragging: setDragging })
  }, [id, mayChange])

  const classes = ['card']
  if (dragging) classes.push('is-dragging')
  if (edge) classes.push(`drop-${edge}`)
  if (selected) classes.push('is-selected')
  if (anySelected) classes.push('is-choosing')
  if (fresh) classes.push('is-fresh')

  function click(event: React.MouseEvent) {
    if (mayChange && (event.ctrlKey || event.metaKey || event.shiftKey)) board.select([id], !selected)
    else onOpen(id)
  }

  return (
    <li
      ref={attach}
      data-task={id}
      data-index={props.index}
      style={{ top: props.top }}
      aria-posinset={props.place}
      aria-setsize={props.count}
      className={classes.join(' ')}
      aria-label={task.title}
      aria-description={isHinted ? undefined : mayChange ? keyboardHint : readerHint}
      aria-current={selected || undefined}
      tabIndex={isTabStop ? 0 : -1}
      onClick={click}
      onFocus={() => {
        noteFocus(id)
        onFocus(id)
      }}
      onBlur={event => {
        hintGiven.set(() => true)
        leaveCard(event.relatedTarget)
      }}
      onKeyDown={event =>
        onCardKey(event, {
          board,
          moves,
          task,
          mayChange,
          announcer,
          open: () => onOpen(id),
          openMenu: () => setMenu(element.current),
          remove: () => onDelete(id),
        })
      }
    >
      <div className="card-face">
        <CardHead task={task} />
        <p className="card-title" dir="auto">
          {task.title}
        </p>
        <CardFoot task={task} changedBy={fresh?.by ?? null} />
        <div className="card-tools" onClick={event => event.stopPropagation()}>
          {mayChange && (
            <input
              type="checkbox"
              aria-label={`Select ${task.title}`}
              tabIndex={isTabStop ? 0 : -1}
              checked={selected}
              onChange={event => board.select([id], event.target.checked)}
            />
          )}
          <button
            type="button"
            className="icon-button"
            aria-label="Actions"
            aria-haspopup="menu"
            tabIndex={isTabStop ? 0 : -1}
            onClick={event => setMenu(event.currentTarget)}
          >
            <Icon name="more" />
          </button>
        </div>
      </div>
      {menu && (
        <CardMenu
          task={task}
          mayChange={mayChange}
          anchor={menu}
          onOpen={onOpen}
          onDelete={onDelete}
          onClose={() => setMenu(null)}
        />
      )}
    </li>
  )
})

const CardHead = memo(function CardHead({ task }: { task: Task }) {
  const { projects } = usePage()
  const project = useStore(projects.store, all => (task.project_id === null ? undefined : all.get(task.project_id)))
  if (task.project_id === null && task.category === null) return null
  return (
    <p className="card-head">
      {task.project_id !== null && (
        <span className="card-project" dir="auto">
          {project?.name ?? task.project}
        </span>
      )}
      {task.category !== null && (
        <span className="card-category" dir="auto">
          {task.category}
        </span>
      )}
    </p>
  )
})

/** Only what presses is put into words; the rest is in the mark. */
const loud = new Set<TaskPriority>(['high', 'urgent'])

const CardFoot = memo(function CardFoot({ task, changedBy }: { task: Task; changedBy: number | null }) {
  const overdue = isOverdue(task)
  const editors = useEditors(task.id)
  return (
    <p className="card-foot">
      <span className={`card-priority priority-${task.priority}`}>
        <PriorityMark priority={task.priority} />
        <span className={loud.has(task.priority) ? undefined : 'visually-hidden'}>{priorityNames[task.priority]}</span>
      </span>
      {task.due_date !== null && (
        <span className={`card-due${overdue ? ' is-overdue' : ''}`}>
          <Icon name={overdue ? 'alert' : 'calendar'} />
          {overdue && <span className="visually-hidden">Overdue, </span>}
          {formatDay(task.due_date)}
        </span>
      )}
      <span className="card-people">
        {changedBy !== null && editors.length === 0 && <Changer id={changedBy} />}
        {editors.map(person => (
          <span key={person} className="card-editor">
            <Icon name="pencil" />
            <Editor id={person} />
          </span>
        ))}
        {task.assignee_id !== null && <Assignee id={task.assignee_id} />}
      </span>
    </p>
  )
})

function Changer({ id }: { id: number }) {
  const { directory, me } = usePage()
  const person = usePerson(directory, id)
  return <span className="card-changer">{id === me.id ? 'You, elsewhere' : (person?.name ?? 'Somebody')}</span>
}

function Editor({ id }: { id: number }) {
  const person = usePerson(usePage().directory, id)
  const name = person?.name.split(' ')[0] ?? 'Somebody'
  return (
    <>
      {name}
      <span className="visually-hidden"> is editing</span>
    </>
  )
}

function Assignee({ id }: { id: number }) {
  const person = usePerson(usePage().directory, id)
  return (
    <>
      <Avatar id={id} size="s" />
      <span className="visually-hidden">Assigned to {person?.name ?? 'somebody'}</span>
    </>
  )
}
