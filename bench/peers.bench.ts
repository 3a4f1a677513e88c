// How fast is Taskwire beside other servers that do the same, in turns in one run? What they need is installed on first
// use (bench/package.json).
import { compareDelivery } from './peers/delivery.ts'
import { installPeers } from './peers/install.ts'
import { compareRest } from './peers/rest.ts'
import { withStage } from './stage.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const clients = Number(process.env.BENCH_CLIENTS ?? 1_000)
const seconds = Number(process.env.BENCH_SECONDS ?? 3)
const parts = process.env.BENCH_PARTS?.split(',') ?? ['rest', 'delivery']

installPeers()
if (parts.includes('rest'))
  await withStage(async stage => {
    await compareRest(stage, rounds, { connections: 32, warmSeconds: seconds / 3, seconds })
  })
if (parts.includes('delivery'))
  await withStage(async stage => {
    await compareDelivery(stage, { clients, rounds, seconds: 2 * seconds })
  })
