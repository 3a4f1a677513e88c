import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'

/** Encrypts secrets that the server itself has to read again, for storing them. */
export interface Sealer {
  seal(secret: string): Buffer
  /** Null when it was sealed with another key, or changed. */
  open(sealed: Uint8Array): string | null
  /** Whether it was sealed with a former key, and so should be sealed again. */
  isOutdated(sealed: Uint8Array): boolean
}

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/**
 * @param secrets what the keys are made of; the first one seals, and what any of them has sealed is opened
 * @param purpose separates the keys from those for other purposes that are made of the same secrets
 */
export function createSealer(secrets: string | readonly [string, ...string[]], purpose: string): Sealer {
  const list = typeof secrets === 'string' ? [secrets] : secrets
  const keys = list.map(secret =>
    createSecretKey(new Uint8Array(hkdfSync('sha256', secret, '', `taskwire ${purpose}`, 32))),
  )
  const key = keys[0]!
  return {
    seal: secret => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, key, nonce)
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text])
    },
    open: sealed => {
      for (const one of keys) {
        const secret = openWith(one, sealed)
        if (secret !== null) return secret
      }
      return null
    },
    isOutdated: sealed => openWith(key, sealed) === null && keys.some(one => openWith(one, sealed) !== null),
  }
}

function openWith(key: KeyObject, sealed: Uint8Array): string | null {
  try {
    const cipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
    cipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
    return Buffer.concat([cipher.update(sealed.subarray(nonceBytes + tagBytes)), cipher.final()]).toString('utf8')
  } catch {
    return null
  }
}
