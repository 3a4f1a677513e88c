import type { Action } from '../../kernel/can.ts'
import { forbidden } from '../../kernel/errors.ts'

/** To find anybody by their e-mail address; others find the members of their projects by it. */
export const findByAnyAddress: Action<null> = { who: () => false, admins: 'anywhere' }

/** To change many accounts at once, judged before each piece of the job. */
export const changeAccounts: Action<null> = {
  who: () => false,
  admins: 'anywhere',
  otherwise: () => forbidden('Whoever began this is no administrator any more.'),
}
