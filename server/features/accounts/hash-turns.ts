import { availableParallelism } from 'node:os'
import { addressKey } from '../../kernel/client-address.ts'
import { createTurns, type Turns } from '../../kernel/turns.ts'
import { createLru } from '../../kernel/lru.ts'

export interface HashTurns {
  /**
   * For hashing during a sign-in. A person who has signed in to this account from this address before does not wait for
   * strangers.
   */
  signingIn<T>(email: string, address: string, work: () => Promise<T>): Promise<T>
  /** Whether somebody has signed in to this account from this address before, as far as is remembered. */
  isReturning(email: string, address: string): boolean
  /** Records a successful sign-in. */
  noteSignIn(email: string, address: string): void
  /** For a new account, by address. */
  ofStranger<T>(address: string, work: () => Promise<T>): Promise<T>
  /** For a caller who is authenticated, by account. */
  ofAccount: Turns['run']
}

/** Hashing for strangers leaves half of the cores, and half of libuv's four threads, to other work. */
const strangersAtOnce = Math.min(2, Math.max(1, Math.floor(availableParallelism() / 2)))

const rememberedSignIns = 10_000

/**
 * Decides when a password may be hashed. Hashing is expensive on purpose, so anybody could keep an instance busy with
 * it. Strangers wait in rotation by address, and never before a person who is signed in or has signed in before. The
 * order reveals nothing about an account to clients at other addresses.
 */
export function createHashTurns(): HashTurns {
  const strangers = createTurns({
    running: strangersAtOnce,
    perKey: strangersAtOnce,
    waiting: 1_500,
    waitingPerKey: 300,
  })
  /** By address too, so that a person with a hundred accounts at one address waits like anybody else. */
  const returning = createTurns({ running: 1, perKey: 1, waiting: 1_500, waitingPerKey: 100 })
  const accounts = createTurns({ running: 1, perKey: 1, waiting: 1_500, waitingPerKey: 16 })
  const signedIn = createLru<string, true>(rememberedSignIns)
  const keyOf = (email: string, address: string) => JSON.stringify([email.toLowerCase(), addressKey(address)])

  return {
    signingIn: (email, address, work) => {
      const turns = signedIn.get(keyOf(email, address)) ? returning : strangers
      return turns.run(addressKey(address), work)
    },
    isReturning: (email, address) => signedIn.get(keyOf(email, address)) === true,
    noteSignIn: (email, address) => signedIn.set(keyOf(email, address), true),
    ofStranger: (address, work) => strangers.run(addressKey(address), work),
    ofAccount: accounts.run,
  }
}
