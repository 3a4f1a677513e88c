import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A real mail server on a free port that keeps the e-mails that it gets. */
export async function startMailbox() {
  const messages: { to: string[]; text: string }[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData(stream, session, done) {
      let text = ''
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      stream.on('end', () => {
        // Quoted-printable breaks lines and writes "=" as "=3D".
        const plain = text.replace(/=\r\n/g, '').replace(/=3D/g, '=')
        messages.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: plain })
        done()
      })
    },
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // Connections that break.
  server.on('error', () => {})
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    messages,
    close: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}
