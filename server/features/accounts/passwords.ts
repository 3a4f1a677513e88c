import { hash, verify } from '@node-rs/argon2'
import { randomBytes } from 'node:crypto'

export interface Passwords {
  hash(password: string): Promise<string>
  /** @param stored null when there is no such account; then the check takes as long and fails */
  matches(stored: string | null, password: string): Promise<boolean>
  /** Whether the hash was made with older parameters; then it is to be hashed again while the password is known. */
  isOutdated(stored: string): boolean
}

/** What a hash costs: KiB of memory, and how often it is gone through. */
export interface PasswordCost {
  memoryCost: number
  timeCost: number
}

/** The first recommendation of the OWASP cheat sheet for argon2id: 19 MiB, about 45 ms of one core here. */
const recommended: PasswordCost = { memoryCost: 19_456, timeCost: 2 }

/**
 * Password hashes: argon2id, in the PHC string format, which includes its parameters. Each hash uses a thread of
 * libuv's pool, which files and DNS need too, and 19 MiB; so callers hash in a turn (hash-turns.ts).
 */
export function createPasswords({ memoryCost, timeCost } = recommended): Passwords {
  const parameters = { memoryCost, timeCost, parallelism: 1 }
  const prefix = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=1$`
  // Computed at the start and not when it is first needed, so that the first unknown e-mail does not take twice as
  // long.
  const decoy = hash(randomBytes(16), parameters)
  return {
    hash: password => hash(password, parameters),
    matches: async (stored, password) => {
      // An account may have no usable hash. Then no password matches, after the usual time.
      const usable = stored !== null && stored.startsWith('$argon2')
      return (await verify(usable ? stored : await decoy, password)) && usable
    },
    isOutdated: stored => !stored.startsWith(prefix),
  }
}
