import { readFileSync } from 'node:fs'
import { invalid } from '../../kernel/errors.ts'

const common = new Set(readFileSync(new URL('./common-passwords.txt', import.meta.url), 'utf8').split('\n'))

/**
 * Checks of a new password that the contract cannot do: whether it is one of the most common passwords. There are no
 * composition rules, which make passwords harder to remember and no harder to guess (NIST SP 800-63B).
 *
 * @param field the name of the input's field, for the error: `password` or `new_password`
 * @throws AppError `validation_error`
 */
export function checkNewPassword(field: string, password: string, owner: { email: string; username: string }): void {
  const folded = password.toLowerCase()
  if (common.has(folded)) throw invalid({ [field]: 'is one of the most common passwords' })
  const own = [owner.email, owner.email.slice(0, owner.email.lastIndexOf('@')), owner.username]
  if (own.some(name => name.toLowerCase() === folded)) {
    throw invalid({ [field]: 'must not be the e-mail address or the username' })
  }
}
