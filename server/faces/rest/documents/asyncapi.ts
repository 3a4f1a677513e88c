import { commands } from '../../../../contract/index.ts'
import { type Channel, rooms, socketChannel } from './channels.ts'
import { answerTo, messagesOf } from './messages.ts'
import { type About, license } from './openapi.ts'
import { createSchemas, type Json } from './schemas.ts'
import { securitySchemes } from './security.ts'

const description = `The messages over Socket.IO (namespace \`/\`). Channels are rooms, which a socket joins by \`join_room\`;
\`socket\` stands for the socket itself. The name of a message is the name of the event; answers are acknowledgements and have
no name on the wire. A client that gives no acknowledgement gets \`error\` when its call is refused.

A message with an \`offset\` is in the event log: messages come in the order of their offsets, each once, and
\`join_room\` with \`since\` brings what was missed. Fields may be added to messages in later versions.`

/** The socket door as an AsyncAPI 3 document, generated from the contract alone. */
export function asyncApi({ version, publicUrl, basePath }: About): Json {
  const schemas = createSchemas('draft-7')
  const messages = messagesOf(schemas)
  const answers = Object.keys(commands).flatMap(name => [name, answerTo(name)])
  const ofSocket = ['handshake', 'connect', 'connect_error', ...answers, 'refusal', ...socketChannel.sends]
  const inRooms = Object.entries(rooms).map(([name, room]) => [name, channelOf(room, room.sends)] as const)
  return {
    asyncapi: '3.0.0',
    info: { title: 'Taskwire', version, description, license: { name: license.name }, tags: [{ name: 'realtime' }] },
    defaultContentType: 'application/json',
    servers: { main: serverOf(publicUrl, basePath) },
    channels: { socket: channelOf(socketChannel, ofSocket), ...Object.fromEntries(inRooms) },
    operations: operations(),
    components: {
      schemas: schemas.named,
      messages,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The access token from signing in, as `auth.token` of the handshake.',
        },
        apiKey: {
          type: 'userPassword',
          description: 'An API key, as `auth.api_key` of the handshake.',
        },
        cookie: {
          type: 'httpApiKey',
          in: 'cookie',
          name: securitySchemes.cookie.name,
          description: 'Set by signing in; for pages of an allowed origin.',
        },
      },
    },
  }
}

function serverOf(publicUrl: string | undefined, basePath: string): Json {
  const url = publicUrl === undefined ? null : new URL(publicUrl)
  return {
    host: url?.host ?? '{host}',
    protocol: url?.protocol === 'https:' ? 'wss' : 'ws',
    pathname: `${basePath}/socket.io/`,
    ...(url === null && {
      variables: { host: { default: 'localhost:3000', description: 'The host that this document came from' } },
    }),
    security: ['token', 'apiKey', 'cookie'].map(scheme => ({ $ref: `#/components/securitySchemes/${scheme}` })),
  }
}

const channelOf = ({ address, summary, parameters }: Channel, messages: string[]): Json => ({
  address,
  summary,
  ...(parameters && { parameters }),
  messages: Object.fromEntries(messages.map(name => [name, { $ref: `#/components/messages/${name}` }])),
})

const channelRef = (name: string) => ({ $ref: `#/channels/${name}` })
const messageRef = (channel: string) => (name: string) => ({ $ref: `#/channels/${channel}/messages/${name}` })
const ofSocket = messageRef('socket')

/** In AsyncAPI, `receive` describes what clients send and `send` what the server sends. */
function operations(): Json {
  const call = (summary: string, message: string, answers: string[]) => ({
    action: 'receive',
    channel: channelRef('socket'),
    summary,
    messages: [ofSocket(message)],
    reply: { channel: channelRef('socket'), messages: answers.map(ofSocket) },
  })
  const calls = Object.entries(commands).map(
    ([name, { summary }]) => [name, call(summary, name, [answerTo(name), 'refusal'])] as const,
  )
  const sendings = Object.entries({ socket: socketChannel, ...rooms }).map(
    ([name, { summary, sends }]) =>
      [
        `send_to_${name}`,
        { action: 'send', channel: channelRef(name), summary, messages: sends.map(messageRef(name)) },
      ] as const,
  )
  return {
    connect: call('Connect a socket', 'handshake', ['connect', 'connect_error']),
    ...Object.fromEntries([...calls, ...sendings]),
  }
}
