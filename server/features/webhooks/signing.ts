import { createHmac, createSecretKey, randomBytes } from 'node:crypto'

const prefix = 'whsec_'
const secretBytes = 24

/** A new secret in the form of Standard Webhooks. */
export const newSecret = (): string => prefix + randomBytes(secretBytes).toString('base64')

/**
 * The headers of a message by Standard Webhooks 1.0, signed with each of the secrets.
 *
 * @param at when the attempt is made, in ms
 */
export function signedHeaders(secrets: readonly string[], messageId: string, at: number, body: string) {
  const timestamp = String(Math.floor(at / 1_000))
  const signatures = secrets.map(secret => {
    // Node takes a key as bytes too, but needs three times as long for it.
    const key = createSecretKey(secret.slice(prefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${messageId}.${timestamp}.${body}`).digest('base64')}`
  })
  return { 'webhook-id': messageId, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
