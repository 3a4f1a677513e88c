import { Server } from 'socket.io'
import { Encoder } from 'socket.io-parser'
import { limits } from '../../../contract/index.ts'
import { BoundedDecoder } from './decoder.ts'
import type { SocketServer } from './member.ts'

/**
 * Socket.IO with our bounds, not yet listening. A line that fell silent is noticed within 15 s. Its own recovery of
 * connections is not used: it does not work with the Redis adapter, and restores rooms without asking whether one may.
 * Origins are judged by the gate in front of it (engine-gate.ts), for every request.
 */
export const createSocketServer = (): SocketServer =>
  new Server({
    serveClient: false,
    parser: { Encoder, Decoder: BoundedDecoder },
    pingInterval: 10_000,
    pingTimeout: 5_000,
    connectTimeout: 5_000,
    upgradeTimeout: 5_000,
    maxHttpBufferSize: limits.socketMessageBytes,
    perMessageDeflate: false,
    httpCompression: false,
  })
