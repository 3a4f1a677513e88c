import type { Letter } from '../../kernel/mail.ts'

/** @param publicUrl where people reach the page; without it the letter has the token alone */
export function resetLetter(to: string, token: string, publicUrl: string | undefined): Letter {
  const how = publicUrl
    ? `Choose a new one here:\n\n${publicUrl}/#/reset-password?token=${token}`
    : `Choose a new one with this token:\n\n${token}`
  return {
    to,
    subject: 'Your Taskwire password was reset',
    text: `An administrator has reset your password. ${how}\n\nThis works once, within an hour.\n`,
  }
}
