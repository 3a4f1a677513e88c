import type { monitoring } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Accounts } from '../accounts/index.ts'
import { createCallOwn } from './own-calls.ts'
import { validateAuthentication } from './validate-authentication.ts'
import { validateEndpoints } from './validate-endpoints.ts'

export interface ValidationDeps {
  accounts: Pick<Accounts, 'trialAccounts' | 'signFor'>
  /** Where this instance listens: `http://127.0.0.1:3000`; null while it does not. */
  ownAddress: () => string | null
}

/** The checks that call this instance as its clients do. */
export function createValidation({
  accounts,
  ownAddress,
}: ValidationDeps): Pick<Handlers<typeof monitoring>, 'validateEndpoints' | 'validateAuthentication'> {
  const callOwn = createCallOwn(ownAddress)
  let running = false

  /**
   * One check at a time: it holds a place among the requests that are worked on while its own calls need places too, so
   * many at once would wait for one another.
   */
  async function alone<T>(work: () => Promise<T>): Promise<T> {
    if (running) throw new AppError('conflict', 'Another check is running; try again in a moment.', { retryAfter: 1 })
    running = true
    try {
      return await work()
    } finally {
      running = false
    }
  }

  return {
    validateEndpoints: scope => alone(() => validateEndpoints(callOwn, accounts.signFor(scope))),
    validateAuthentication: scope =>
      alone(async () => {
        await accounts.trialAccounts.cleanUp()
        const steps = await accounts.trialAccounts.use(scope, account => validateAuthentication(callOwn, account))
        return { ok: steps.every(({ ok }) => ok), steps }
      }),
  }
}
