import { readFileSync } from 'node:fs'
import { invalid } from '../../kernel/errors.ts'

const common = new Set(readFileSync(new URL('./common-passwords.txt', import.meta.url), 'utf8').split('\n'))

/**
 * What the contract cannot see of a new password: whether it is one of those that are tried first. There are no rules
 * of composition: they make passwords that are harder to remember and no harder to guess (NIST SP 800-63B).
 *
 * @param field the input's own field, for the error: `password` or `new_password`
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
