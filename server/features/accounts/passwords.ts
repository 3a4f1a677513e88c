import { hash, verify } from '@node-rs/argon2'
import { randomBytes } from 'node:crypto'

export interface Passwords {
  hash(password: string): Promise<string>
  /** @param stored null when there is no such account: it takes as long and is false */
  matches(stored: string | null, password: string): Promise<boolean>
  /** Made with other parameters than today's: to be hashed anew while the password is at hand. */
  isOutdated(stored: string): boolean
}

/** The first choice of the OWASP cheat sheet for argon2id: 19 MiB, about 45 ms of one core here. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const prefix = '$argon2id$v=19$m=19456,t=2,p=1$'

/**
 * Password hashes: argon2id, in the PHC string form that names its own parameters. Each takes a thread of libuv's pool,
 * which files and DNS need too, and 19 MiB: callers hash in a turn (hash-turns.ts).
 */
export function createPasswords(): Passwords {
  // Made now, not when it is first needed: the first unknown e-mail must not take twice as long.
  const decoy = hash(randomBytes(16), parameters)
  return {
    hash: password => hash(password, parameters),
    matches: async (stored, password) => {
      // An account can have no usable hash at all; then nothing matches, at the usual price.
      const usable = stored !== null && stored.startsWith('$argon2')
      return (await verify(usable ? stored : await decoy, password)) && usable
    },
    isOutdated: stored => !stored.startsWith(prefix),
  }
}
