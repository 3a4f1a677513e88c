import { createHash } from 'node:crypto'
import { addressKey } from '../../kernel/client-address.ts'
import type { Counters } from '../../ports/counters.ts'
import type { Standing } from '../../kernel/standing.ts'
import type { Policies } from './limits.policy.ts'
import { beyond, standingOf } from './standing.ts'

/** A try to sign in, which counts as failed until it is taken back, so that tries at the same time count too. */
export interface SignInTry {
  /** The try has not failed: it does not count. */
  takeBack(): void
  /** Refuses a try that has failed, where its address alone may go on but the account may not. @throws AppError */
  failed(): Promise<void>
  standing: Standing
}

export interface SignInLimits {
  /**
   * Counts a try.
   *
   * @param known whether somebody has signed in to the account from the address before; such an address is not held to
   *   what others have tried
   * @throws AppError `rate_limited` before a password is looked at
   */
  begin(email: string, address: string, known: boolean): Promise<SignInTry>
}

/** No e-mail address leaves the process. */
export const accountKey = (email: string) =>
  createHash('sha256').update(email.toLowerCase()).digest('base64url').slice(0, 22)
export const signInKeys = {
  account: (email: string) => `login:account:${accountKey(email)}`,
  pair: (email: string, address: string) => `login:pair:${accountKey(email)}:${addressKey(address)}`,
  pairsOf: (email: string) => `login:pair:${accountKey(email)}`,
  address: (address: string) => `login:address:${addressKey(address)}`,
}

/**
 * Limits guessing of passwords: of one account from one address, of one account from many addresses, and of many
 * accounts from one address. Nobody can keep a person out. When an account is beyond its limit, each address still has
 * one try in a window; a right password signs in, and a wrong one is answered as beyond the limit.
 */
export function createSignInLimits({ counters, policies }: { counters: Counters; policies: Policies }): SignInLimits {
  const { ofSignIns, ofSignInsAt } = policies

  return {
    async begin(email, address, known) {
      const keys = [signInKeys.pair(email, address), signInKeys.account(email), signInKeys.address(address)] as const
      const [pair, account, all] = await Promise.all(keys.map(key => counters.add(key, 1)))
      const takeBack = () => void keys.forEach(key => counters.add(key, -1))
      const standing = standingOf(ofSignIns, pair!, counters.windowSeconds)
      const ofAccount = account!.amount > ofSignIns.limit && !known
      const isBeyond =
        pair!.amount > ofSignIns.limit || (all!.amount > ofSignInsAt.limit && !known) || (ofAccount && pair!.amount > 1)
      if (isBeyond) {
        // What is refused does not count, so the window of others is not used up by it.
        takeBack()
        const longest = all!.amount > ofSignInsAt.limit ? all! : ofAccount ? account! : pair!
        throw beyond(standingOf(ofSignIns, { ...longest, amount: Infinity }, counters.windowSeconds))
      }
      return {
        standing,
        takeBack,
        failed: async () => {
          if (ofAccount) throw beyond(standingOf(ofSignIns, account!, counters.windowSeconds))
        },
      }
    },
  }
}
