import * as ws from 'ws'

/** Private to ws, as Socket.IO uses it for messages that it has encoded once. */
export type Prepared = { _sender: { sendFrame(frame: Buffer[]): void } }
type Framing = { frame(data: Buffer, options: object): Buffer[] }

/** A text as one finished frame, in one piece. */
export const frameOf = (text: Buffer): Buffer[] => {
  const plain = { fin: true, opcode: 1, mask: false, rsv1: false, readOnly: false }
  return [Buffer.concat((ws as unknown as { Sender: Framing }).Sender.frame(text, plain))]
}

/** Gives a client the answers of Socket.IO that `listener.ts` waits for. */
export function greet(socket: ws.WebSocket): void {
  socket.on('error', () => {})
  socket.send('0{}')
  socket.on('message', (message: Buffer) => {
    if (message.toString().startsWith('40')) socket.send('40{}')
    else socket.send('430[]')
  })
}
