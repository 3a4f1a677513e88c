import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { Webhook as Verifier } from 'standardwebhooks'
import { eventually, type Patience } from '../support/eventually.ts'
import type { Client } from '../support/server.ts'
import { expect } from '../support/server.ts'
import { startWebServer } from '../support/web-server.ts'

export interface Received {
  id: string
  headers: IncomingHttpHeaders
  raw: string
  /** The body. */
  message: { type: string; timestamp: string; data: any; offset: number; previous_offset: number; epoch: string }
}

/** How a receiver answers; `nth` counts all messages, from 0. */
type Answering = (received: Received, response: ServerResponse, nth: number) => void

/** A receiver of webhooks, which records what it got and answers 204 unless told otherwise. */
export async function startReceiver(answering: Answering = (_, response) => void response.writeHead(204).end()) {
  const got: Received[] = []
  let answer = answering
  let open = 0
  let mostOpen = 0

  const web = await startWebServer((request: IncomingMessage, response: ServerResponse) => {
    open++
    mostOpen = Math.max(mostOpen, open)
    response.on('close', () => open--)
    let raw = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (raw += chunk))
    request.on('end', () => {
      const id = String(request.headers['webhook-id'])
      const received = { id, headers: request.headers, raw, message: JSON.parse(raw) }
      got.push(received)
      answer(received, response, got.length - 1)
    })
  })
  return {
    url: `${web.url}/hook`,
    got,
    types: () => got.map(({ message }) => message.type),
    /** The most requests that were open at once. */
    get mostOpen() {
      return mostOpen
    },
    answer: (next: Answering) => void (answer = next),
    /** Waits until there are so many messages. */
    has: (count: number, patience?: Patience) =>
      eventually(() => {
        if (got.length < count)
          throw new Error(`${got.length} of ${count} messages: ${got.map(one => one.message.type)}`)
        return got
      }, patience),
    close: web.close,
  }
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>

/** Registers a webhook; the answer has its secret. */
export const register = async (client: Client, url: string, events: string[] = ['*'], more: object = {}) =>
  (await expect(client.rest('POST', '/webhooks/register', { url, events, ...more }), 201)).body.data

/** Verifies the signature as a receiver would, with the reference library. @throws when it is not right */
export const verify = (secret: string, { raw, headers }: Received): unknown =>
  new Verifier(secret).verify(raw, headers as Record<string, string>)

export const deliveriesOf = async (client: Client, id: number, query = ''): Promise<any[]> =>
  (await expect(client.rest('GET', `/webhooks/${id}/deliveries?page_size=100${query}`), 200)).body.data.results

/** Waits until the newest deliveries have these states, the newest first. */
export const settles = (client: Client, id: number, ...states: string[]) =>
  eventually(async () => {
    const found = (await deliveriesOf(client, id)).slice(0, states.length)
    const now = found.map(({ status }) => status)
    if (String(now) !== String(states)) throw new Error(`${now} is not ${states}`)
    return found
  })

/** Shows the log and what is due to the loops at once, so that a test waits for no interval. */
export const webhookTuning = { webhooks: { pollMs: 20, fullMs: 50 } }
export const webhookEnv = { OUTBOUND_ALLOW_PRIVATE: 'true', WEBHOOK_RETRY_SCHEDULE: '0.05,0.05,0.05' }
