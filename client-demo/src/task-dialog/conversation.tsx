import { useId, useRef, useState, type KeyboardEvent } from 'react'
import type { Task } from '../../../sdk/index.ts'
import { ActivitySection } from '../activity/activity-section.tsx'
import { CommentSection } from '../comments/comment-section.tsx'

const tabs = ['Comments', 'Activity'] as const

/** Beside the form: what is said about the task, and what happened to it. */
export function Conversation({ task, comment }: { task: Task; comment: number | null }) {
  const [shown, setShown] = useState<(typeof tabs)[number]>('Comments')
  const id = useId()
  const list = useRef<HTMLDivElement>(null)

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = tabs[(tabs.indexOf(shown) + step + tabs.length) % tabs.length]!
    setShown(next)
    list.current?.querySelector<HTMLElement>(`#${CSS.escape(`${id}-${next}`)}`)?.focus()
  }

  return (
    <div className="talk">
      <div ref={list} className="talk-tabs" role="tablist" aria-label="About this task" onKeyDown={onKeyDown}>
        {tabs.map(tab => (
          <button
            key={tab}
            id={`${id}-${tab}`}
            type="button"
            role="tab"
            aria-selected={tab === shown}
            aria-controls={`${id}-panel`}
            tabIndex={tab === shown ? 0 : -1}
            onClick={() => setShown(tab)}
          >
            {tab}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} className="talk-panel" role="tabpanel" aria-labelledby={`${id}-${shown}`}>
        {shown === 'Comments' ? <CommentSection task={task} target={comment} /> : <ActivitySection taskId={task.id} />}
      </div>
    </div>
  )
}
