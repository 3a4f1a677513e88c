import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Encrypts secrets that the server itself has to read again, for storing them. */
export interface Sealer {
  seal(secret: string): Buffer
  /** Null when it was sealed with another key, or changed. */
  open(sealed: Buffer): string | null
}

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** @param purpose separates the key from those for other purposes that are made of the same secret */
export function createSealer(jwtSecret: string, purpose: string): Sealer {
  const key = Buffer.from(hkdfSync('sha256', jwtSecret, '', `taskwire ${purpose}`, 32))
  return {
    seal: secret => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, key, nonce)
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text])
    },
    open: sealed => {
      try {
        const cipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
        cipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
        return Buffer.concat([cipher.update(sealed.subarray(nonceBytes + tagBytes)), cipher.final()]).toString('utf8')
      } catch {
        return null
      }
    },
  }
}
