import { availableParallelism } from 'node:os'
import { addressKey } from '../../kernel/client-address.ts'
import { createTurns, type Turns } from '../../kernel/turns.ts'
import { createLru } from './lru.ts'

export interface HashTurns {
  /**
   * For work that hashes because somebody wants to sign in. Whoever signed in to this account from this address before
   * does not wait for strangers.
   */
  signingIn<T>(email: string, address: string, work: () => Promise<T>): Promise<T>
  /** Notes a sign-in that succeeded. */
  noteSignIn(email: string, address: string): void
  /** For a new account: by address. */
  ofStranger<T>(address: string, work: () => Promise<T>): Promise<T>
  /** For somebody who has shown who they are: by account. */
  ofAccount: Turns['run']
}

/** Hashes of strangers leave half of the cores, and half of libuv's four threads, to everything else. */
const strangersAtOnce = Math.min(2, Math.max(1, Math.floor(availableParallelism() / 2)))

const rememberedSignIns = 10_000

/**
 * Who may hash a password when. Hashing is dear on purpose, so anybody could keep an instance busy with it: strangers
 * wait in rotation by address, and never in front of somebody who has signed in before or is signed in. That says
 * nothing about an account to anybody at another address.
 */
export function createHashTurns(): HashTurns {
  const strangers = createTurns({
    running: strangersAtOnce,
    perKey: strangersAtOnce,
    waiting: 1_500,
    waitingPerKey: 300,
  })
  /** By address too: somebody with a hundred accounts at one waits like anybody else. */
  const returning = createTurns({ running: 1, perKey: 1, waiting: 1_500, waitingPerKey: 100 })
  const accounts = createTurns({ running: 1, perKey: 1, waiting: 1_500, waitingPerKey: 16 })
  const signedIn = createLru<string, true>(rememberedSignIns)
  const keyOf = (email: string, address: string) => JSON.stringify([email.toLowerCase(), addressKey(address)])

  return {
    signingIn: (email, address, work) => {
      const turns = signedIn.get(keyOf(email, address)) ? returning : strangers
      return turns.run(addressKey(address), work)
    },
    noteSignIn: (email, address) => signedIn.set(keyOf(email, address), true),
    ofStranger: (address, work) => strangers.run(addressKey(address), work),
    ofAccount: accounts.run,
  }
}
