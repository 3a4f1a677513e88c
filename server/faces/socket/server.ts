import { Server } from 'socket.io'
import { Encoder } from 'socket.io-parser'
import { limits } from '../../../contract/index.ts'
import { BoundedDecoder } from './decoder.ts'
import type { SocketServer } from './member.ts'

/**
 * Socket.IO with our limits, not yet listening. A silent connection is detected within 15 s. Socket.IO's connection
 * state recovery is not used: it does not work with the Redis adapter, and restores rooms without checking rights. The
 * gate in front of it (engine-gate.ts) checks the origin of every request.
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
