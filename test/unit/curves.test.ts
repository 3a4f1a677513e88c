import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { blocksOf, withBlocks } from '../../bench/curves/document.ts'
import { drawCurves } from '../../bench/curves/draw.ts'
import type { Figures } from '../../bench/curves/figures-file.ts'
import { drawSvg, ticksOf } from '../../bench/curves/svg.ts'

const docs = fileURLToPath(new URL('../../docs', import.meta.url))
const read = (file: string) => readFileSync(path.join(docs, file), 'utf8')

describe('the curves of docs/performance.md', () => {
  const figures = JSON.parse(read('curves/curves.json')) as Figures

  it('[AR11] are drawn from the figures beside them, and no file is left over', () => {
    const drawn = drawCurves(figures)
    assert.deepEqual(
      readdirSync(path.join(docs, 'curves')).toSorted(),
      ['curves.json', ...Object.keys(drawn)].toSorted(),
    )
    for (const [name, svg] of Object.entries(drawn)) {
      assert.equal(read(`curves/${name}`), svg, name)
      assert.ok(read('performance.md').includes(`(curves/${name})`), `${name} is not shown`)
    }
  })

  it('[AR11] have tables with the same figures', async () => {
    const document = read('performance.md')
    assert.equal(await withBlocks(document, blocksOf(figures)), document)
  })
})

describe('a drawing', () => {
  const chart = {
    title: 'A & B',
    note: 'here',
    x: { label: 'tasks', scale: 'log', ticks: [10, 100, 1_000] },
    y: { label: 'ms', scale: 'linear' },
    lines: [
      {
        name: 'one <line>',
        points: [
          { x: 10, y: 0 },
          { x: 1_000, y: 40 },
        ],
      },
    ],
  } as const

  it('[AR11] puts the first tick at the left end, the last at the right, and escapes texts', () => {
    const svg = drawSvg({
      ...chart,
      x: { ...chart.x, ticks: [...chart.x.ticks] },
      lines: [{ ...chart.lines[0], points: [...chart.lines[0].points] }],
    })
    assert.match(svg, /points="76,340 560,64"/)
    assert.match(svg, /A &amp; B[^]*one &lt;line&gt;/)
    assert.match(svg, /prefers-color-scheme:dark/)
  })

  it('[AR11] has round ticks that enclose the values', () => {
    assert.deepEqual(ticksOf([3, 40], 'log'), [2, 5, 10, 20, 50])
    assert.deepEqual(ticksOf([0.7, 900_000], 'log'), [0.5, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000])
    assert.deepEqual(ticksOf([5, 40], 'linear'), [0, 5, 10, 15, 20, 25, 30, 35, 40])
    assert.deepEqual(ticksOf([10], 'log'), [10, 20])
  })
})
