import type { Socket } from 'socket.io-client'
import { isApplicationEvent } from '../../../contract/index.ts'
import { applicationEvent } from '../../../server/faces/rest/documents/messages.ts'
import { note } from './faults.ts'
import { documentOf, fault } from './validators.ts'

type Ack = (...given: unknown[]) => void

/** Checks every message that a socket receives: one that differs from asyncapi.json fails the running test. */
export function checkMessages(socket: Socket): void {
  socket.onAny((name: string, payload: unknown) => note(() => checkMessage(name, payload)))
  socket.on('connect_error', error => {
    const { message, data } = error as Error & { data?: unknown }
    if (data !== undefined) note(() => checkMessage('connect_error', { message, data }))
  })
  const emit = socket.emit.bind(socket)
  socket.emit = (name: string, ...args: unknown[]) => {
    const ack = args.at(-1)
    if (typeof ack !== 'function') return emit(name, ...args)
    const checked: Ack = (...given) => {
      const answer = given.at(-1)
      if (given.length > 0 && !(answer instanceof Error)) note(() => checkAcknowledgement(name, args[0], answer))
      ;(ack as Ack)(...given)
    }
    // `emitWithAck` registers its own acknowledgement.
    return emit(name, ...args.slice(0, -1), Object.assign(checked, ack))
  }
}

let sent: ReadonlySet<string> | undefined

/** The names of the events that the server sends by itself. */
function fromServer(): ReadonlySet<string> {
  if (sent) return sent
  const sends = Object.values<any>(documentOf('asyncapi').operations).filter(({ action }) => action === 'send')
  const names = sends.flatMap(({ messages }) => messages.map(({ $ref }: { $ref: string }) => $ref.split('/').at(-1)))
  return (sent = new Set([...names, 'connect_error']))
}

/** @throws Error that names the event and the field */
export function checkMessage(name: string, payload: unknown): void {
  if (isApplicationEvent(name)) return checkPayload(applicationEvent, payload)
  if (!fromServer().has(name)) throw new Error(`the event ${name} is not documented (asyncapi.json)`)
  checkPayload(name, payload)
}

/** @throws Error that names the call and the field, of the acknowledgement or of an accepted input */
export function checkAcknowledgement(call: string, input: unknown, answer: unknown): void {
  const { operations } = documentOf('asyncapi')
  const isRefusal = (answer as { ok?: unknown } | null)?.ok === false
  if (!isRefusal && !operations[call]) throw new Error(`the call ${call} is not documented (asyncapi.json)`)
  checkPayload(isRefusal ? 'refusal' : `${call}_answer`, answer)
  if (!isRefusal && typeof input === 'object') checkPayload(call, input)
}

function checkPayload(message: string, payload: unknown): void {
  const wrong = fault('asyncapi', ['components', 'messages', message, 'payload'], payload)
  if (wrong !== null) throw new Error(`${message}: ${wrong} (asyncapi.json)`)
}
