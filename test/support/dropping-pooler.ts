import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Something in front of a PostgreSQL that passes everything on but the settings with which clients connect. */
export async function startDroppingPooler(port: number, hostname = '127.0.0.1') {
  const open = new Set<Socket>()
  const server = createServer(client => {
    const onward = connect(port, hostname)
    for (const socket of [client, onward]) {
      open.add(socket)
      socket.on('error', () => {}).on('close', () => open.delete(socket))
    }
    onward.on('close', () => client.destroy())
    client.on('close', () => onward.destroy())
    client.once('data', (start: Buffer) => {
      // Replaced by the same number of spaces, as if the client had sent no options.
      const text = start.toString('latin1').replace(/-c [^\0]*/, all => ' '.repeat(all.length))
      onward.write(Buffer.from(text, 'latin1'))
      client.pipe(onward).pipe(client)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close()
      for (const socket of open) socket.destroy()
      await once(server, 'close')
    },
  }
}
