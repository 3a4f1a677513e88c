/** Lines over two axes, as an SVG that is readable on light and on dark pages. */
export interface Chart {
  title: string
  /** Below the title: when and where it was measured. */
  note: string
  x: Axis
  y: Axis
  lines: Line[]
}

export interface Axis {
  /** With the unit. */
  label: string
  scale: 'log' | 'linear'
  /** What is labelled; without it, round numbers over the range of the points. */
  ticks?: number[]
}

export interface Line {
  name: string
  dashed?: boolean
  /** Lines of one group have one colour; by default each has its own. */
  group?: number
  points: { x: number; y: number }[]
}

const [width, height] = [820, 400]
const area = { left: 76, right: 560, top: 64, bottom: 340 }
const colors = ['#2f6fdb', '#c2570c', '#15803d', '#a21caf', '#0e7490', '#b91c1c']
const darkColors = ['#79a8ff', '#ff9f5a', '#5fd38a', '#e38bf0', '#5ccfe6', '#ff8a8a']

/** Draws a chart. The text of the SVG depends on nothing but the chart. */
export function drawSvg({ title, note, x, y, lines }: Chart): string {
  const all = lines.flatMap(({ points }) => points)
  const xTicks =
    x.ticks ??
    ticksOf(
      all.map(point => point.x),
      x.scale,
    )
  const yTicks =
    y.ticks ??
    ticksOf(
      all.map(point => point.y),
      y.scale,
    )
  const toX = position(xTicks, x.scale, area.left, area.right)
  const toY = position(yTicks, y.scale, area.bottom, area.top)
  const middle = (area.left + area.right) / 2
  const parts = [
    ...xTicks.map(tick => gridLine(toX(tick), area.top, toX(tick), area.bottom)),
    ...yTicks.map(tick => gridLine(area.left, toY(tick), area.right, toY(tick))),
    ...xTicks.map(tick => text(toX(tick), area.bottom + 18, numberOf(tick), 'middle')),
    ...yTicks.map(tick => text(area.left - 8, toY(tick) + 4, numberOf(tick), 'end')),
    text(middle, height - 22, x.label, 'middle'),
    `<text class="text" transform="translate(18 ${(area.top + area.bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(y.label)}</text>`,
    ...lines.flatMap((line, nth) => [drawLine(line, nth, toX, toY), drawName(line, nth)]),
  ]
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}" rx="8"/>`,
    `<text class="text title" x="24" y="28">${escape(title)}</text>`,
    `<text class="text note" x="24" y="46">${escape(note)}</text>`,
    ...parts,
    '</svg>',
  ].join('\n')}\n`
}

const colorRules = (palette: string[]) =>
  palette.map((color, nth) => `.l${nth}{stroke:${color}}.d${nth}{fill:${color}}`).join('')
const style = [
  '.page{fill:#fff}.text{fill:#1f2328;font:12px system-ui,sans-serif}.title{font-size:15px;font-weight:600}',
  '.note{fill:#59636e}.grid{stroke:#d1d9e0}.line{fill:none;stroke-width:2}',
  colorRules(colors),
  '@media(prefers-color-scheme:dark){.page{fill:#0d1117}.text{fill:#e6edf3}.note{fill:#9198a1}.grid{stroke:#30363d}',
  `${colorRules(darkColors)}}`,
].join('')

function drawLine(
  { points, dashed, group }: Line,
  nth: number,
  toX: (value: number) => number,
  toY: (value: number) => number,
): string {
  const color = (group ?? nth) % colors.length
  const at = points.map(({ x, y }) => [toX(x), toY(y)] as const)
  const path = `<polyline class="line l${color}"${dash(dashed)} points="${at.map(([x, y]) => `${x},${y}`).join(' ')}"/>`
  return [path, ...at.map(([x, y]) => `<circle class="d${color}" cx="${x}" cy="${y}" r="3"/>`)].join('')
}

/** The name of a line with a piece of it, beside the area. */
function drawName({ name, dashed, group }: Line, nth: number): string {
  const color = (group ?? nth) % colors.length
  const [x, y] = [area.right + 20, area.top + 10 + nth * 22]
  const piece = `<path class="line l${color}"${dash(dashed)} d="M${x} ${y}h24"/>`
  return piece + text(x + 32, y + 4, name, 'start')
}

const dash = (dashed?: boolean) => (dashed ? ' stroke-dasharray="5 4"' : '')
const gridLine = (x1: number, y1: number, x2: number, y2: number) => `<path class="grid" d="M${x1} ${y1}L${x2} ${y2}"/>`
const text = (x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end') =>
  `<text class="text" x="${x}" y="${y}" text-anchor="${anchor}">${escape(content)}</text>`
const escape = (content: string) =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const numberOf = (value: number) => value.toLocaleString('en-US')

/** Where a value lies between the first tick, at `from`, and the last, at `to`. */
function position(ticks: number[], scale: Axis['scale'], from: number, to: number): (value: number) => number {
  const of = scale === 'log' ? Math.log : (value: number) => value
  const [low, high] = [of(ticks[0]!), of(ticks.at(-1)!)]
  return value => Math.round((from + ((of(value) - low) / (high - low)) * (to - from)) * 10) / 10
}

/** Round numbers that enclose the values: from zero, or the steps 1, 2 and 5 of each power of ten. */
export function ticksOf(values: number[], scale: Axis['scale']): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (scale === 'linear') {
    const step = roundSteps(high / 8, high).find(one => one * 8 >= high)!
    return Array.from({ length: Math.ceil(high / step) + 1 }, (_, nth) => Number((nth * step).toPrecision(12)))
  }
  const steps = roundSteps(low, high)
  const [first, last] = [steps.findLastIndex(one => one <= low), steps.findIndex(one => one >= high)]
  const enclosing = steps.slice(first, last === first ? last + 2 : last + 1)
  if (enclosing.length <= 9) return enclosing
  const powers = enclosing.filter(one => String(one).replaceAll(/[0.]/g, '') === '1')
  return [...new Set([enclosing[0]!, ...powers, enclosing.at(-1)!])]
}

/** The steps 1, 2 and 5 of each power of ten, from below `low` to above `high`. */
function roundSteps(low: number, high: number): number[] {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)) + 1]
  return Array.from({ length: to - from + 1 }, (_, nth) => from + nth).flatMap(power =>
    [1, 2, 5].map(digit => Number(`${digit}e${power}`)),
  )
}
