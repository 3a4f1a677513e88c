import { asyncApi } from '../asyncapi.ts'
import type { About } from '../openapi.ts'
import { type Html, html, inline } from './html.ts'
import { layout } from './layout.ts'
import { type Schema, schemasView, schemaView } from './schema.ts'

interface Ref {
  $ref: string
}
interface Channel {
  address: string
  summary: string
  messages: Record<string, Ref>
}
interface Message {
  name?: string
  summary?: string
  payload: Schema
}
interface Operation {
  action: 'send' | 'receive'
  summary: string
  messages: Ref[]
  reply?: { messages: Ref[] }
}
interface Document {
  info: { title: string; version: string; description: string }
  channels: Record<string, Channel>
  operations: Record<string, Operation>
  components: { schemas: Record<string, Schema>; messages: Record<string, Message> }
}

/** The socket door for people: everything of asyncapi.json, generated from it. */
export function asyncApiPage(about: About): string {
  const document = asyncApi(about) as unknown as Document
  const { info, channels, components } = document
  const calls = Object.entries(document.operations).filter(([, { action }]) => action === 'receive')
  const messages = Object.entries(components.messages)
  return layout({
    title: `${info.title} over Socket.IO`,
    version: info.version,
    description: info.description,
    basePath: about.basePath,
    document: '/asyncapi.json',
    other: { path: '/docs', name: 'REST API' },
    groups: [
      { name: 'Calls', anchor: 'calls', entries: calls.map(([name]) => ({ anchor: `call-${name}`, name })) },
      {
        name: 'Rooms',
        anchor: 'rooms',
        entries: Object.entries(channels).map(([name, { address }]) => ({ anchor: `room-${name}`, name: address })),
      },
      {
        name: 'Messages',
        anchor: 'messages',
        entries: messages.map(([name]) => ({ anchor: `message-${name}`, name })),
      },
    ],
    content: html`
      <section>
        <h2 id="calls">Calls</h2>
        ${calls.map(
          ([name, { summary, messages: sent, reply }]) =>
            html`<article>
              <h3 id="call-${name}"><code>${name}</code></h3>
              <p>${inline(summary)}</p>
              <p>Sends ${linksTo(sent)}${reply && html`; the answer is ${linksTo(reply.messages, ' or ')}`}.</p>
            </article>`,
        )}
      </section>
      <section>
        <h2 id="rooms">Rooms</h2>
        ${Object.entries(channels).map(
          ([name, { address, summary, messages: held }]) =>
            html`<article>
              <h3 id="room-${name}"><code>${address}</code></h3>
              <p>${inline(summary)}</p>
              <p>${linksTo(Object.values(held))}</p>
            </article>`,
        )}
      </section>
      <section>
        <h2 id="messages">Messages</h2>
        ${messages.map(
          ([name, { summary, payload }]) =>
            html`<article>
              <h3 id="message-${name}"><code>${name}</code></h3>
              ${summary !== undefined && html`<p>${inline(summary)}</p>`} ${schemaView(payload)}
            </article>`,
        )}
      </section>
      ${schemasView(components.schemas)}
    `,
  })
}

const linksTo = (messages: readonly Ref[], between = ', '): Html =>
  html`${messages.map(({ $ref }, nth) => {
    const name = $ref.split('/').at(-1)!
    return html`${nth > 0 && between}<a href="#message-${name}"><code>${name}</code></a>`
  })}`
