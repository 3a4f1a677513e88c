// An honest person next to an attack, in a separate thread: reads, writes, signs in, and receives the events of their
// own writes.
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { io } from 'socket.io-client'

const { url, email, password } = workerData as { url: string; email: string; password: string }

/** Milliseconds of each successful call, and the number of failed ones. */
export interface Measured {
  calls: number[]
  signIns: number[]
  deliveries: number[]
  failed: string[]
}

let measured: Measured = { calls: [], signIns: [], deliveries: [], failed: [] }
let stopped = false

async function call(into: number[], method: string, path: string, token: string, body?: object): Promise<any> {
  const began = performance.now()
  try {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${answer.status} ${text}`)
    into.push(performance.now() - began)
    return JSON.parse(text)
  } catch (error) {
    measured.failed.push(`${method} ${path}: ${String(error).slice(0, 200)}`)
    return null
  }
}

const signIn = () => call(measured.signIns, 'POST', '/auth/login', 'none', { email, password })

const { access_token: token } = await signIn()
const sentAt = new Map<string, number>()
const socket = io(url, { auth: { token }, transports: ['websocket'] })
socket.on('connect', () => void socket.emitWithAck('join_room', { room: 'tasks' }))
socket.on('task_created', ({ task }: { task: { title: string } }) => {
  const sent = sentAt.get(task.title)
  if (sent !== undefined) measured.deliveries.push(performance.now() - sent)
  sentAt.delete(task.title)
})

parentPort!.on('message', (message: string) => {
  if (message === 'begin') measured = { calls: [], signIns: [], deliveries: [], failed: [] }
  else if (message === 'tell') parentPort!.postMessage(measured)
  else stopped = true
})
parentPort!.postMessage('ready')

async function work() {
  for (let nth = 0; !stopped; nth++) {
    const title = `neighbour ${nth}`
    await call(measured.calls, 'GET', '/tasks?project=bench&status=todo', token)
    sentAt.set(title, performance.now())
    const task = await call(measured.calls, 'POST', '/tasks', token, { title })
    if (task) await call(measured.calls, 'GET', `/tasks/${task.id}`, token)
    await sleep(10)
  }
}

async function signInNowAndThen() {
  while (!stopped) {
    await signIn()
    await sleep(300)
  }
}

await Promise.all([work(), signInNowAndThen()])
socket.disconnect()
// A listener would keep this thread alive.
parentPort!.close()
