export interface Email {
  to: string
  subject: string
  /** Plain text. */
  text: string
}

/**
 * Sends e-mails to people. Nothing waits for an e-mail: it is sent at most once, after the change that it reports, and
 * a failure is logged without the text. So nothing may depend on an e-mail that cannot be obtained in another way.
 */
export interface Mail {
  /** Whether a mail server is configured. */
  readonly isSent: boolean
  send(email: Email): void
  /** Waits for e-mails that are being sent. */
  close(): Promise<void>
}

/** For commands of the operator, which send no e-mails. */
export const noMail: Mail = { isSent: false, send: () => {}, close: () => Promise.resolve() }
