import type { Email } from '../../ports/mail.ts'

/**
 * Uses the configured URL only, never the host of the request, because whoever requests the e-mail could set any host.
 *
 * @param publicUrl where people reach the page; without it the e-mail has only the token
 */
function howTo(token: string, publicUrl: string | undefined): string {
  return publicUrl
    ? `Choose a new one here:\n\n${publicUrl}/#/reset-password?token=${token}`
    : `Choose a new one with this token, under "Forgot password?" where you sign in:\n\n${token}`
}

const once = 'This works once, within an hour.'

/** For a person whose password an administrator has reset. */
export const resetEmail = (to: string, token: string, publicUrl: string | undefined): Email => ({
  to,
  subject: 'Your Taskwire password was reset',
  text: `An administrator has reset your password. ${howTo(token, publicUrl)}\n\n${once}\n`,
})

/** For a person who has forgotten the password, or for whom somebody else has requested the e-mail. */
export const forgottenEmail = (to: string, token: string, publicUrl: string | undefined): Email => ({
  to,
  subject: 'A new password for Taskwire',
  text: `You have forgotten your password, somebody says. ${howTo(token, publicUrl)}\n\n${once} If it was not you, do nothing: your password stays as it is.\n`,
})
