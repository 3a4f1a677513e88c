import { once } from 'node:events'
import type { Server } from 'node:net'
import { eventually } from './eventually.ts'

/** Listens on a port of loopback that this server had before; another test may have it for a moment. */
export const listenAgain = (server: Server, port: number): Promise<unknown> =>
  eventually(() => once(server.listen(port, '127.0.0.1'), 'listening'))
