// How long does it take from a write until another client's socket gets the event?
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { io } from 'socket.io-client'
import { migrate } from '../server/adapters/database-migration.ts'
import { percentile, report, round, say } from './figures.ts'
import { fill } from './fill.ts'
import { send } from './load.ts'
import { startOurs } from './rest-stage.ts'
import { log, withStage } from './stage.ts'

const [perSecond, seconds] = [50, 20]
const targetMs = 10

interface Times {
  sent: number
  answered: number
  received: number
}

const figures = (values: number[]) => ({
  p50_ms: round(percentile(values, 50), 1),
  p99_ms: round(percentile(values, 99), 1),
  max_ms: round(Math.max(...values), 1),
})

await withStage(async stage => {
  say('filling 100,000 tasks')
  await migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)
  await fill(stage, 'taskwire')
  const { url, token } = await startOurs(stage)
  const socket = io(url, { auth: { token }, transports: ['websocket'] })
  await once(socket as never, 'connect')
  await socket.emitWithAck('join_room', { rooms: ['tasks', 'projects'] })

  const times: Times[] = []
  socket.on('task_created', ({ task }: { task: { title: string } }) => {
    times[Number(task.title)]!.received = performance.now()
  })
  async function write(nth: number): Promise<void> {
    const one: Times = (times[nth] = { sent: performance.now(), answered: NaN, received: NaN })
    const task = { title: String(nth), project: 'bench', category: 'bench' }
    await send(url, token, { method: 'POST', path: '/tasks', body: JSON.stringify(task) })
    one.answered = performance.now()
  }

  const began = performance.now()
  const writes: Promise<void>[] = []
  for (let nth = 0; nth < perSecond * seconds; nth++) {
    await sleep(Math.max(0, began + (nth * 1000) / perSecond - performance.now()))
    writes.push(write(nth))
  }
  await Promise.all(writes)
  await sleep(1_000)
  socket.disconnect()

  // The server's start, its caches and its prepared statements are not measured here.
  const counted = times.slice(perSecond)
  report('delivery', {
    writes: times.length,
    lost: times.filter(({ received }) => Number.isNaN(received)).length,
    sent_to_answered: figures(counted.map(({ sent, answered }) => answered - sent)),
    sent_to_received: figures(counted.map(({ sent, received }) => received - sent)),
    answered_to_received: figures(counted.map(({ answered, received }) => received - answered)),
    target: { answered_to_received_p50_ms: targetMs },
  })
})
