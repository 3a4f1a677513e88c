// Clients in a thread of their own.
import { parentPort, workerData } from 'node:worker_threads'
import { listen } from './listener.ts'

const { url, clients } = workerData as { url: string; clients: number }
const all = Array.from({ length: clients }, () => listen(url, '', () => {}))
await Promise.all(all.map(({ joined }) => joined))
parentPort!.postMessage('all are there')
