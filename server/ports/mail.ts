export interface Email {
  to: string
  subject: string
  /** Plain text. */
  text: string
}

/**
 * Letters to people. Nothing waits for one: it is handed over at most once, after the change that it tells of, and one
 * that cannot be sent is logged without its text. So nothing may hang on it that cannot be had in another way.
 */
export interface Mail {
  /** Whether there is a mail server at all. */
  readonly isSent: boolean
  send(email: Email): void
  /** Waits for those under way. */
  close(): Promise<void>
}

/** Where letters are none of the matter: commands of the operator. */
export const noMail: Mail = { isSent: false, send: () => {}, close: () => Promise.resolve() }
