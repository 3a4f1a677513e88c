// How do delays, lists and throughput change with clients, tasks and instances, and what does a request cost? Writes
// docs/curves and the tables of docs/performance.md; so it runs only when it is named.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { format, resolveConfig } from 'prettier'
import { blocksOf, writeBlocks } from './curves/document.ts'
import { drawCurves } from './curves/draw.ts'
import type { Figures } from './curves/figures-file.ts'
import { measuredHere } from './curves/machine.ts'
import { report, say } from './figures.ts'
import { root } from './stage.ts'

const parts = { fanOut: 'fan-out', lists: 'lists', instances: 'instances', cost: 'cost' } as const
type Part = keyof typeof parts
const wanted = process.env.BENCH_PARTS?.split(',') ?? Object.values(parts)
const folder = path.join(root, 'docs/curves')
const file = path.join(folder, 'curves.json')

/** Runs one part in a process of its own, because some keep to cores and some do not. @returns its figures */
async function measure(part: Part): Promise<any> {
  say(`curves: ${parts[part]}`)
  const child = spawn(process.execPath, [path.join(root, 'bench/curves', `${parts[part]}.ts`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const end = () => child.kill()
  process.once('exit', end)
  const code = new Promise(resolve => child.once('close', resolve))
  const output = await text(child.stdout)
  const status = await code
  process.off('exit', end)
  if (status !== 0) throw new Error(`bench/curves/${parts[part]}.ts failed`)
  const { points, rows } = JSON.parse(output)
  return points ?? rows
}

/** What was measured before, for the parts that are not wanted now. */
function earlier(): Partial<Figures> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}

async function keep(figures: Partial<Figures>): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const json = JSON.stringify(figures)
  writeFileSync(file, await format(json, { ...(await resolveConfig(file)), filepath: file }))
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const figures = earlier()
for (const part of (Object.keys(parts) as Part[]).filter(one => wanted.includes(parts[one]))) {
  figures[part] = await measure(part)
  figures.measured = measuredHere()
  // At once, so that an interrupted run goes on with the parts that are missing.
  await keep(figures)
}
const missing = (Object.keys(parts) as Part[]).filter(part => figures[part] === undefined)
if (missing.length > 0) throw new Error(`not measured yet: ${missing.map(part => parts[part]).join(', ')}`)
const whole = figures as Figures
for (const [name, svg] of Object.entries(drawCurves(whole))) writeFileSync(path.join(folder, name), svg)
await writeBlocks(blocksOf(whole))
report('curves', whole)
