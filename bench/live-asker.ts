// A worker that sends a request every 50 ms and reports how long each answer took. It has an event loop of its own;
// otherwise it would measure how busy the load generator is.
import { parentPort, workerData } from 'node:worker_threads'
import { setTimeout as sleep } from 'node:timers/promises'
import { send } from './load.ts'

let asking = true
const times: number[] = []
parentPort!.once('message', () => (asking = false))
while (asking) {
  const from = performance.now()
  await send(workerData as string, '', { method: 'GET', path: '/health/live' })
  times.push(performance.now() - from)
  await sleep(50)
}
parentPort!.postMessage(times)
