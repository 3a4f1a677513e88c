import type { Figures } from './figures-file.ts'
import { type Chart, drawSvg, type Line } from './svg.ts'

/** The curves as SVG, by the name of the file in docs/curves. */
export function drawCurves(figures: Figures): Record<string, string> {
  const { date, machine, note } = figures.measured
  const about = `${note === '' ? '' : `${note}; `}${machine}; ${date}`
  const charts = { ...fanOutCharts(figures), ...listCharts(figures), ...instanceCharts(figures) }
  return Object.fromEntries(
    Object.entries(charts).map(([name, chart]) => [`${name}.svg`, drawSvg({ ...chart, note: about })]),
  )
}

type Charts = Record<string, Omit<Chart, 'note'>>

/** One line for each value of `key`, in the order in which the values come. */
function linesBy<Point>(
  points: Point[],
  nameOf: (point: Point) => string,
  x: (point: Point) => number,
  y: (point: Point) => number,
): Line[] {
  return [...Map.groupBy(points, nameOf)].map(([name, some]) => ({
    name,
    points: some.map(point => ({ x: x(point), y: y(point) })),
  }))
}

const valuesOf = (values: number[]) => [...new Set(values)].toSorted((a, b) => a - b)

function fanOutCharts({ fanOut }: Figures): Charts {
  const name = ({ clients }: Figures['fanOut'][0]) => `${clients.toLocaleString('en-US')} clients`
  const ticks = valuesOf(fanOut.map(({ perSecond }) => perSecond))
  const x = { label: 'events a second, each to every client', scale: 'log', ticks } as const
  return {
    delay: {
      title: 'From the write to the client: 99 of 100 deliveries are faster',
      x,
      y: { label: 'milliseconds', scale: 'log' },
      lines: linesBy(
        fanOut,
        name,
        point => point.perSecond,
        point => point.p99Ms,
      ),
    },
    deliveries: {
      title: 'Deliveries of one instance',
      x,
      y: { label: 'deliveries a second', scale: 'log' },
      lines: linesBy(
        fanOut,
        name,
        point => point.perSecond,
        point => point.deliveriesPerSecond,
      ),
    },
  }
}

function listCharts({ lists }: Figures): Charts {
  const ticks = valuesOf(lists.map(({ tasks }) => tasks))
  const of = (y: (point: Figures['lists'][0]) => number) =>
    linesBy(
      lists,
      ({ call }) => call,
      ({ tasks }) => tasks,
      y,
    )
  const [p50, p99] = [of(point => point.p50Ms), of(point => point.p99Ms)]
  return {
    lists: {
      title: 'An answer, with one person asking: median, and 99 of 100 (dashed)',
      x: { label: 'tasks in the database', scale: 'log', ticks },
      y: { label: 'milliseconds', scale: 'log' },
      lines: p50.flatMap((line, nth) => [
        { ...line, group: nth },
        { ...p99[nth]!, name: 'p99', group: nth, dashed: true },
      ]),
    },
  }
}

function instanceCharts({ instances }: Figures): Charts {
  const ticks = valuesOf(instances.map(one => one.instances))
  const x = { label: 'instances, with PostgreSQL and the load on the same cores', scale: 'linear', ticks } as const
  const of = (y: (point: Figures['instances'][0]) => number) =>
    linesBy(
      instances,
      ({ call }) => call,
      one => one.instances,
      y,
    )
  return {
    instances: {
      title: 'Requests that all instances answer together',
      x,
      y: { label: 'requests a second', scale: 'linear' },
      lines: of(one => one.perSecond),
    },
    'instances-cost': {
      title: 'What a request costs the instances',
      x,
      y: { label: 'microseconds of processor time', scale: 'linear' },
      lines: of(one => one.us),
    },
  }
}
