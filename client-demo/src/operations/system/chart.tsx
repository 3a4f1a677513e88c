import { axisEnd, isUnknown, runsOf, type Slot } from './timeline.ts'
import type { ChartKind } from './quantities.ts'

interface ChartProps {
  kind: ChartKind
  slots: readonly Slot[]
  /** The place that is pointed at, in one of the charts. */
  pointed: number | null
  onPoint: (at: number | null) => void
  formatTime: (atMs: number) => string
}

const height = 100

/** One quantity over time. Where nothing is known the line is broken, and the ground is grey. */
export function Chart({ kind, slots, pointed, onPoint, formatTime }: ChartProps) {
  const { name, hint, lines, probe, format } = kind
  const width = Math.max(1, slots.length - 1)
  const most = Math.max(0, ...lines.flatMap(({ quantity }) => slots.map(({ point }) => point?.[quantity] ?? 0)))
  const end = axisEnd(most)
  const newest = slots.findLast(slot => slot.point !== null)
  const shown = pointed === null ? newest : slots[pointed]
  const valueOf = (line: (typeof lines)[number], slot: Slot | undefined) => {
    const value = slot?.point?.[line.quantity]
    return value === null || value === undefined ? '–' : format(value)
  }
  const unknown = runsOf(slots.map(slot => isUnknown(slot, probe)))
  const said = lines.map(line => `${lines.length > 1 ? `${line.name} ` : ''}${valueOf(line, newest)}`).join(', ')

  function aim(event: React.PointerEvent) {
    const box = event.currentTarget.getBoundingClientRect()
    onPoint(Math.max(0, Math.min(slots.length - 1, Math.round((width * (event.clientX - box.left)) / box.width))))
  }

  return (
    <figure className="chart">
      <figcaption>
        <b>{name}</b>
        <span className="chart-now">
          {lines.map((line, nth) => (
            <span key={line.quantity} className={`chart-value line-${nth}`}>
              {lines.length > 1 && <small>{line.name}</small>} {valueOf(line, shown)}
            </span>
          ))}
        </span>
        <small>{hint}</small>
      </figcaption>
      <div className="chart-plot">
        <span className="chart-most" aria-hidden="true">
          {format(end)}
        </span>
        <svg
          role="img"
          aria-label={`Chart of ${name}: last ${said}, at most ${format(most)}`}
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          onPointerMove={aim}
          onPointerLeave={() => onPoint(null)}
        >
          {unknown.map(({ first, last }) => (
            <rect
              key={first}
              className="chart-gap"
              x={Math.max(0, first - 0.5)}
              width={Math.min(width, last + 0.5) - Math.max(0, first - 0.5)}
              height={height}
            />
          ))}
          <path className="chart-grid" d={`M0 0H${width}M0 ${height / 2}H${width}M0 ${height}H${width}`} />
          {lines.map(({ quantity }, nth) => {
            const { line, dots } = pathsOf(
              slots.map(slot => slot.point?.[quantity] ?? null),
              end,
            )
            return (
              <g key={quantity} className={`line-${nth}`}>
                <path className="chart-line" d={line} />
                <path className="chart-dots" d={dots} />
              </g>
            )
          })}
          {pointed !== null && <path className="chart-pointed" d={`M${pointed} 0V${height}`} />}
        </svg>
      </div>
      <div className="chart-times" aria-hidden="true">
        <span>{slots[0] && formatTime(slots[0].atMs)}</span>
        <b>{pointed !== null && shown && formatTime(shown.atMs)}</b>
        <span>{slots.length > 1 && formatTime(slots.at(-1)!.atMs)}</span>
      </div>
    </figure>
  )
}

/** A line through what is known; what stands alone is a dot. */
function pathsOf(values: readonly (number | null)[], end: number): { line: string; dots: string } {
  const placeOf = (at: number) => `${at} ${Math.round(100 * height * (1 - values[at]! / end)) / 100}`
  const runs = runsOf(values.map(value => value !== null))
  const alone = runs.filter(({ first, last }) => first === last)
  const longer = runs.filter(({ first, last }) => first < last)
  return {
    line: longer
      .map(({ first, last }) => {
        const places = Array.from({ length: last - first + 1 }, (_, nth) => placeOf(first + nth))
        return `M${places.join('L')}`
      })
      .join(''),
    dots: alone.map(({ first }) => `M${placeOf(first)}h0`).join(''),
  }
}
