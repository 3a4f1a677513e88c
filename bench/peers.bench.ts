// How fast is Taskwire beside other servers that do the same, in turns in one run? What they need is installed on first
// use (bench/package.json). BENCH_DOCUMENT=1 writes the tables into docs/performance.md.
import { measuredLine, writeBlocks } from './curves/document.ts'
import { measuredHere } from './curves/machine.ts'
import { compareDelivery } from './peers/delivery.ts'
import { installPeers } from './peers/install.ts'
import { compareRest } from './peers/rest.ts'
import { type Row, tableOf } from './peers/table.ts'
import { withStage } from './stage.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const clients = Number(process.env.BENCH_CLIENTS ?? 1_000)
const seconds = Number(process.env.BENCH_SECONDS ?? 3)
const parts = process.env.BENCH_PARTS?.split(',') ?? ['rest', 'delivery']

const tables: Record<string, string> = {}
const keep = (name: string, rows: Row[]) => (tables[name] = `${measuredLine(measuredHere())}\n\n${tableOf(rows)}`)

installPeers()
if (parts.includes('rest'))
  await withStage(async stage => {
    keep('peers-rest', await compareRest(stage, rounds, { connections: 32, warmSeconds: seconds / 3, seconds }))
  })
if (parts.includes('delivery'))
  await withStage(async stage => {
    keep('peers-delivery', await compareDelivery(stage, { clients, rounds, seconds: 2 * seconds }))
  })
if (process.env.BENCH_DOCUMENT) await writeBlocks(tables)
