import { z } from 'zod'
import {
  APIError,
  ApplicationEvent,
  bulkEvents,
  commands,
  Envelope,
  ErrorEvent,
  events,
  Handshake,
  Refusal,
  signals,
} from '../../../../contract/index.ts'
import type { Json, Schemas } from './schemas.ts'

const loggedNote = 'In the log: `offset` is its place there.'
const bulkNote = `Only for a socket whose handshake has \`bulk: true\`, in place of the single events. ${loggedNote}`

/** The message that stands for all application events, whose names only the applications know. */
export const applicationEvent = 'application_event'

export const answerTo = (command: string): string => `${command}_answer`

/** Every message of a socket, each with a name of its own; `name` is the name of the event. */
export function messagesOf(schemas: Schemas): Record<string, Json> {
  const { input, output } = schemas
  const event = (name: string, payload: z.ZodType, summary?: string) => ({
    name,
    ...(summary !== undefined && { summary }),
    payload: output(payload),
  })
  const logged = (set: Record<string, z.ZodObject>, note: string) =>
    Object.entries(set).map(([name, payload]) => [name, event(name, payload.extend(Envelope.shape), note)] as const)

  return {
    ...Object.fromEntries([...logged(events, loggedNote), ...logged(bulkEvents, bulkNote)]),
    [applicationEvent]: event(
      applicationEvent,
      ApplicationEvent.extend(Envelope.shape),
      `An event of an application (\`POST /events\`). On the wire it has the application’s name, which has a dot: \`payment.completed\`. ${loggedNote}`,
    ),
    ...mapValues(signals, (payload, name) => event(name, payload, 'Not in the log: sent once, and kept nowhere.')),
    error: event('error', ErrorEvent, 'Why a call without an acknowledgement was refused, or the socket is closed'),
    ...mapValues(commands, ({ summary, input: asked }, name) => ({ name, summary, payload: input(asked) })),
    ...Object.fromEntries(
      Object.entries(commands).map(([name, command]) => [
        answerTo(name),
        {
          name: answerTo(name),
          summary: `The acknowledgement of ${name}`,
          payload: output((command.output as z.ZodObject).extend({ ok: z.literal(true) })),
        },
      ]),
    ),
    refusal: { name: 'refusal', summary: 'The acknowledgement of a refused call', payload: output(Refusal) },
    handshake: { name: 'handshake', summary: '`auth` of the connection', payload: input(Handshake) },
    connect: event('connect', z.object({ sid: z.string() }), 'The socket is connected'),
    connect_error: event(
      'connect_error',
      z.object({ message: z.string(), data: APIError }),
      'The connection is refused; `data` is `err.data` of socket.io-client',
    ),
  }
}

const mapValues = <T extends object, R>(given: T, make: (value: T[keyof T], name: string) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, make(value as T[keyof T], name)]))
