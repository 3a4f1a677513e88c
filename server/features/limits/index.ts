import type { rateLimits } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Counters } from '../../ports/counters.ts'
import type { Database } from '../../ports/database.ts'
import type { Peers } from '../../ports/peers.ts'
import { createPolicies, type LimitsConfig } from './limits.policy.ts'
import { createLimitsService } from './limits.service.ts'
import { createSignInLimits, type SignInLimits } from './sign-ins.ts'
import { createSpendings, type Spending, type Subject } from './spending.ts'

export type { LimitsConfig } from './limits.policy.ts'
export type { SignInLimits, SignInTry } from './sign-ins.ts'
export type { Caller, Spending, Subject } from './spending.ts'
export { secondsLeft } from './standing.ts'

export interface Limits {
  rateLimits: Handlers<typeof rateLimits>
  /** Counts a call; null when there are no limits. */
  begin: ((of: Subject, cost?: number) => Spending) | null
  /** Null when there are no limits. */
  signIns: SignInLimits | null
}

/** How much people, API keys and addresses may call in a minute (decision 0018). */
export function createLimits(deps: {
  config: LimitsConfig
  counters: Counters
  database: Database
  command: Command
  peers: Peers
}): Limits {
  const { config, counters, peers } = deps
  const policies = createPolicies(config)
  const spendings = createSpendings({ counters, policies })
  peers.on('limits_reset', (keys: string[]) => {
    counters.forgetHere(keys)
    spendings.forgetRefused()
  })
  const forget = async (keys: readonly string[]) => {
    const count = await counters.forget(keys)
    spendings.forgetRefused()
    // After Redis has forgotten, so that no instance finds out anew that somebody is beyond a limit.
    peers.send('limits_reset', keys)
    return count
  }
  const isOn = config.rateLimitEnabled
  return {
    rateLimits: createLimitsService({ ...deps, counters: isOn ? counters : null, policies, forget }),
    begin: isOn ? spendings.begin : null,
    signIns: isOn ? createSignInLimits({ counters, policies }) : null,
  }
}
