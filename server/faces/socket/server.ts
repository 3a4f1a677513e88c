import { Server } from 'socket.io'
import { limits } from '../../../contract/index.ts'
import { isHeadClear } from '../../kernel/request-head.ts'
import { createAdmission } from './admission.ts'
import { isOriginAllowed } from './handshake.ts'
import type { SocketServer } from './member.ts'

/**
 * Socket.IO with our bounds, not yet listening. A line that fell silent is noticed within 15 s. Its own recovery of
 * connections is not used: it does not work with the Redis adapter, and restores rooms without asking whether one may.
 */
export function createSocketServer(origins: readonly string[]): { io: SocketServer; stopAdmitting: () => void } {
  const { allowRequest, stop } = createAdmission(req => isHeadClear(req) && isOriginAllowed(req, origins))
  const io: SocketServer = new Server({
    serveClient: false,
    pingInterval: 10_000,
    pingTimeout: 5_000,
    connectTimeout: 5_000,
    maxHttpBufferSize: limits.socketMessageBytes,
    perMessageDeflate: false,
    httpCompression: false,
    cors: { origin: [...origins], credentials: true },
    allowRequest,
  })
  return { io, stopAdmitting: stop }
}
