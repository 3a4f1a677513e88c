import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { listenAgain } from './listen-again.ts'

export interface Relay {
  url: string
  /** As if the server were gone: open connections break, and new ones are refused. */
  cut(): Promise<void>
  restore(): Promise<void>
  close(): Promise<void>
}

/** A proxy to a server that can be cut off and restored, at one address all the time. */
export async function startRelay(target: string): Promise<Relay> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect(Number(port), hostname)
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const own = (server.address() as { port: number }).port

  async function cut() {
    for (const socket of open) socket.destroy()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${own}`, cut, restore: async () => void (await listenAgain(server, own)), close: cut }
}
