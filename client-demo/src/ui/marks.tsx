import type { TaskPriority, TaskStatus } from '../../../sdk/index.ts'

const filled: Record<TaskStatus, string> = {
  todo: '',
  in_progress: 'M8 4.2a3.8 3.8 0 0 1 0 7.6z',
  review: 'M8 4.2a3.8 3.8 0 1 1-3.8 3.8H8z',
  done: 'M5 8.2l2.1 2.1L11 6.2',
  cancelled: 'M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
}

/** How far along, as a clock face that fills. */
export const StatusMark = ({ status }: { status: TaskStatus }) => (
  <svg className={`status-mark status-${status}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <circle cx="8" cy="8" r="6" />
    <path d={filled[status]} />
  </svg>
)

const weights: Record<TaskPriority, number> = { low: 1, medium: 2, high: 3, urgent: 4 }

/** Like the bars of a signal: more is more pressing, so it does not take colour to tell. */
export const PriorityMark = ({ priority }: { priority: TaskPriority }) => (
  <svg className={`priority-mark priority-${priority}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    {[1, 2, 3, 4].map(bar => (
      <rect
        key={bar}
        className={bar <= weights[priority] ? 'on' : undefined}
        x={bar * 3.4 - 2}
        y={12.5 - bar * 2.4}
        width="2.2"
        height={bar * 2.4}
        rx="0.6"
      />
    ))}
  </svg>
)

export const Brand = () => (
  <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8" />
    <path d="M7 11h6.5a3 3 0 0 1 3 3v4a3 3 0 0 0 3 3H25" />
    <circle cx="7.6" cy="11" r="3" />
    <circle className="end" cx="24.4" cy="21" r="3" />
  </svg>
)
