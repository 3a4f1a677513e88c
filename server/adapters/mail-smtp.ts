import type { Logger } from '../kernel/logger.ts'
import type { Email, Mail } from '../ports/mail.ts'

/** Milliseconds, for each step of the dialogue with the mail server. */
const patienceMs = 10_000

/**
 * Sends e-mails through a mail server. Without a URL it only logs that there was an e-mail.
 *
 * @param url smtp://user:password@host:587, or smtps:
 * @param from the sender: `Taskwire <taskwire@example.com>`
 */
export function createMail(url: string | undefined, from: string, log: Logger): Mail {
  if (url === undefined) {
    return {
      isSent: false,
      send: ({ to, subject }) => log.info({ to, subject }, 'an e-mail was not sent: SMTP_URL is not set'),
      close: () => Promise.resolve(),
    }
  }
  // Loaded only for those who have a mail server.
  const opening = import('nodemailer').then(({ createTransport }) =>
    createTransport({
      url,
      connectionTimeout: patienceMs,
      greetingTimeout: patienceMs,
      socketTimeout: patienceMs,
    }),
  )
  // Each e-mail reports it. Nobody waits for this promise before the first e-mail.
  opening.catch(() => {})
  const underWay = new Set<Promise<unknown>>()

  async function deliver({ to, subject, text }: Email) {
    try {
      const transport = await opening
      await transport.sendMail({ from, to, subject, text })
    } catch (error) {
      log.warn({ err: error, to, subject }, 'an e-mail could not be sent')
    }
  }

  return {
    isSent: true,
    send: email => {
      const sent = deliver(email).finally(() => underWay.delete(sent))
      underWay.add(sent)
    },
    close: async () => {
      await Promise.all(underWay)
      const transport = await opening.catch(() => null)
      transport?.close()
    },
  }
}
