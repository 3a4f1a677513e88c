import type { Email } from '../../ports/mail.ts'

/**
 * Only the configured address is named, never the host of a request: whoever asks for a email could name any.
 *
 * @param publicUrl where people reach the page; without it the email has the token alone
 */
function howTo(token: string, publicUrl: string | undefined): string {
  return publicUrl
    ? `Choose a new one here:\n\n${publicUrl}/#/reset-password?token=${token}`
    : `Choose a new one with this token, under "Forgot password?" where you sign in:\n\n${token}`
}

const once = 'This works once, within an hour.'

/** To whom an administrator has given a new password. */
export const resetEmail = (to: string, token: string, publicUrl: string | undefined): Email => ({
  to,
  subject: 'Your Taskwire password was reset',
  text: `An administrator has reset your password. ${howTo(token, publicUrl)}\n\n${once}\n`,
})

/** To who has forgotten it, or to whom somebody else has asked for. */
export const forgottenEmail = (to: string, token: string, publicUrl: string | undefined): Email => ({
  to,
  subject: 'A new password for Taskwire',
  text: `You have forgotten your password, somebody says. ${howTo(token, publicUrl)}\n\n${once} If it was not you, do nothing: your password stays as it is.\n`,
})
