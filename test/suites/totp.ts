import { setTimeout as sleep } from 'node:timers/promises'
import { TOTP } from 'otpauth'
import { type Client, expect } from '../support/server.ts'

/** The code of an authenticator app. @param steps how many steps of 30 s from now */
export const codeOf = (secret: string, steps = 0): string =>
  new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 })

/** Waits for the next step if this one ends within five seconds: a code of the step before is accepted only until then. */
export async function farFromNextStep(): Promise<void> {
  const left = 30_000 - (Date.now() % 30_000)
  if (left < 5_000) await sleep(left)
}

/** Turns the second factor on. The code of the present step is spent by it; that of the next step is good. */
export async function turnOnTwoFactor(client: Client): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { secret } = (await expect(client.rest('POST', '/auth/totp/setup', {}), 200)).body
  const { body } = await expect(client.rest('POST', '/auth/totp/confirm', { code: codeOf(secret) }), 200)
  return { secret, recoveryCodes: body.recovery_codes }
}
