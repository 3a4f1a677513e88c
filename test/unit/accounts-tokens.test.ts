import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { createAccessTokens } from '../../server/features/accounts/access-tokens.ts'
import { createLru } from '../../server/kernel/lru.ts'
import { createTokenDeriver, isSecretToken, newSecretToken } from '../../server/features/accounts/secret-tokens.ts'
import type { AppError } from '../../server/kernel/errors.ts'

const secret = 'a secret that only this test knows, 32+'
const sessionId = randomUUID()
const now = () => Math.floor(Date.now() / 1000)
const good = () => ({
  typ: 'access',
  iss: 'taskwire',
  aud: 'taskwire',
  sub: '7',
  sid: sessionId,
  jti: randomUUID(),
  iat: now(),
  exp: now() + 60,
})
const signed = (changes: object, key: jwt.Secret = secret, algorithm: jwt.Algorithm = 'HS256') =>
  jwt.sign(JSON.parse(JSON.stringify({ ...good(), ...changes })), key, { algorithm })
const answers = (code: string) => (error: AppError) => error.code === code

describe('access tokens', () => {
  const tokens = createAccessTokens(secret, 900)

  const publicKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
    type: 'spki',
    format: 'pem',
  })
  const [header, payload, signature] = signed({}).split('.') as [string, string, string]
  const altered = Buffer.from(JSON.stringify({ ...good(), sub: '1' })).toString('base64url')
  /** Made when they are tested: some are valid for a minute only. */
  const forged: Record<string, () => string> = {
    'no token at all': () => '',
    'three dots': () => '...',
    'a very long text': () => 'x'.repeat(1_000_000),
    'the algorithm "none"': () => `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${payload}.`,
    'an empty signature': () => `${header}.${payload}.`,
    'another payload under the signature': () => `${header}.${altered}.${signature}`,
    'another secret': () => signed({}, 'another secret, of the same length, 32+'),
    'a public key as the secret': () => signed({}, publicKey),
    'another algorithm': () => signed({}, secret, 'HS512'),
    'another audience': () => signed({ aud: 'elsewhere' }),
    'no audience': () => signed({ aud: undefined }),
    'another issuer': () => signed({ iss: 'elsewhere' }),
    'no issuer': () => signed({ iss: undefined }),
    'another type': () => signed({ typ: 'refresh' }),
    'no type': () => signed({ typ: undefined }),
    'no expiry': () => signed({ exp: undefined }),
    'a start in the future': () => signed({ nbf: now() + 60 }),
    'no session': () => signed({ sid: undefined }),
    'a session that is not a UUID': () => signed({ sid: "' or 1=1--" }),
    'a subject that is not an id': () => signed({ sub: '1; drop table users' }),
    'a time of issue in the future': () => signed({ iat: now() + 60, exp: now() + 120 }),
    'an expiry in the past and another audience': () => signed({ aud: 'elsewhere', exp: now() - 60 }),
  }
  for (const [name, forge] of Object.entries(forged)) {
    it(`[AC6] are refused with ${name}`, () => {
      assert.throws(() => tokens.verify(forge()), answers('unauthenticated'))
    })
  }

  it('[AC6] are accepted when we issued them, and give their expiry', () => {
    const { token, expiresAt } = tokens.sign(7, sessionId)
    const claims = tokens.verify(token)
    assert.deepEqual([claims.userId, claims.sessionId], [7, sessionId])
    assert.equal(new Date(claims.exp * 1000).toISOString(), expiresAt)
    assert.ok(claims.exp - now() > 895 && claims.exp - now() <= 900)
  })

  it('[AC6] hold no role and nothing else that can change', () => {
    const claims = Object.keys(jwt.decode(tokens.sign(7, sessionId).token) as object)
    assert.deepEqual(claims.sort(), ['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub', 'typ'])
  })

  it('[AC40] name their key, and are good when they are signed with the secret before', () => {
    const former = 'a secret of before, with at least 32 characters'
    const old = createAccessTokens(former, 900).sign(7, sessionId).token
    const both = createAccessTokens([secret, former], 900)
    assert.equal(both.verify(old).userId, 7)
    assert.equal(both.verify(signed({}, former)).userId, 7, 'without a key id, as of the release before')
    const kidOf = (token: string) => jwt.decode(token, { complete: true })!.header.kid
    assert.equal(kidOf(both.sign(7, sessionId).token), kidOf(tokens.sign(7, sessionId).token))
    assert.notEqual(kidOf(old), kidOf(tokens.sign(7, sessionId).token))
    assert.throws(() => tokens.verify(old), answers('unauthenticated'))
  })

  it('[AC40] are refused when they name a key that is not ours, whatever signed them', () => {
    const named = jwt.sign(good(), secret, { algorithm: 'HS256', keyid: 'unknown' })
    assert.throws(() => tokens.verify(named), answers('unauthenticated'))
  })

  it('[AC40] are good for no longer than a token that is issued now', () => {
    const long = signed({ iat: now() - 1_000, exp: now() + 86_400 })
    assert.throws(() => tokens.verify(long), answers('token_expired'))
  })

  it('[AC7] are token_expired 6 seconds after their expiry', () => {
    assert.throws(() => tokens.verify(signed({ exp: now() - 6 })), answers('token_expired'))
  })

  it('[AC7] are accepted 3 seconds after their expiry: clocks differ', () => {
    assert.equal(tokens.verify(signed({ exp: now() - 3 })).userId, 7)
  })

  it('[AC7] expire although they were verified before', () => {
    const short = createAccessTokens(secret, -4)
    const { token } = short.sign(7, sessionId)
    short.verify(token)
    const realNow = Date.now
    Date.now = () => realNow() + 2_000
    try {
      assert.throws(() => short.verify(token), answers('token_expired'))
    } finally {
      Date.now = realNow
    }
  })
})

describe('secret tokens', () => {
  it('[AC8] have 256 bits and are never the same', () => {
    const made = new Set(Array.from({ length: 1_000 }, newSecretToken))
    assert.equal(made.size, 1_000)
    for (const token of made) assert.ok(isSecretToken(token) && Buffer.from(token, 'base64url').length === 32)
  })

  for (const text of ['', 'x', 'x'.repeat(44), `${'x'.repeat(42)}=`, `${'x'.repeat(43)}\n`]) {
    it(`[AC8] are never ${JSON.stringify(text)}`, () => {
      assert.equal(isSecretToken(text), false)
    })
  }

  it('[AC8] are derived the same each time, and differently for each seed, purpose and secret', () => {
    const derive = createTokenDeriver(secret, 'refresh token')
    assert.equal(derive('seed'), derive('seed'))
    const others = [
      derive('seeds'),
      createTokenDeriver(secret, 'reset token')('seed'),
      createTokenDeriver(`${secret}!`, 'refresh token')('seed'),
    ]
    assert.equal(new Set([derive('seed'), ...others]).size, 4)
    assert.ok(isSecretToken(derive('seed')))
  })
})

describe('the bounded cache', () => {
  it('[AC9] never holds more than its capacity: the entry that was unused longest is removed', () => {
    const lru = createLru<string, number>(2)
    lru.set('a', 1)
    lru.set('b', 2)
    assert.equal(lru.get('a'), 1)
    lru.set('c', 3)
    assert.deepEqual([...lru.entries()].map(([key]) => key).sort(), ['a', 'c'])
  })

  it('[AC9] counts an entry once that is set again', () => {
    const lru = createLru<string, number>(2)
    lru.set('a', 1)
    lru.set('b', 2)
    lru.set('a', 3)
    assert.deepEqual([lru.get('a'), lru.get('b')], [3, 2])
  })
})
