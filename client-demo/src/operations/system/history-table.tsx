import { useState } from 'react'
import { chartKinds } from './quantities.ts'
import type { Slot } from './timeline.ts'

const columns = chartKinds.flatMap(({ name, lines, format }) =>
  lines.map(({ quantity, name: line }) => ({ quantity, format, name: line === name ? name : `${name}, ${line}` })),
)

interface HistoryTableProps {
  slots: readonly Slot[]
  formatTime: (atMs: number) => string
}

/** The same as the charts, to be read: by those who do not see them, or want to know exactly. The newest come first. */
export function HistoryTable({ slots, formatTime }: HistoryTableProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="numbers" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>All numbers as a table</summary>
      {isOpen && (
        <div className="numbers-scroller" tabIndex={0} role="group" aria-label="Table of all numbers">
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {columns.map(({ name }) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {slots.toReversed().map(({ atMs, point }) => (
                <tr key={atMs}>
                  <th scope="row">{formatTime(atMs)}</th>
                  {point === null ? (
                    <td colSpan={columns.length}>not sampled</td>
                  ) : (
                    columns.map(({ quantity, name, format }) => (
                      <td key={name}>{point[quantity] === null ? '–' : format(point[quantity])}</td>
                    ))
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  )
}
