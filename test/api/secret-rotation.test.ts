import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { createAccessTokens } from '../../server/features/accounts/access-tokens.ts'
import { createTokenDeriver, hashToken } from '../../server/features/accounts/secret-tokens.ts'
import { csrfToken } from '../../server/faces/rest/index.ts'
import { createSealer } from '../../server/kernel/sealed.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'
import { codeOf, turnOnTwoFactor } from '../suites/totp.ts'

describe('a new JWT_SECRET', () => {
  const former = 'the secret of before, which has more than 32 characters'
  const present = 'the secret of now, which has more than 32 characters'
  let server: TestServer
  before(async () => {
    const tuning = { firstTidyMs: 100, tidyMs: 100 }
    server = await startServer({ jwtSecret: present, env: { JWT_SECRET_PREVIOUS: former }, tuning })
  })
  after(() => server.close())

  const sessionOf = ({ token }: Client) => (jwt.decode(token) as { sid: string }).sid

  it('[AC40] signs nobody out: tokens, cookies and CSRF tokens of before are good', async () => {
    const ann = await server.user('ann')
    const { token } = createAccessTokens(former, 900).sign(ann.person.id, sessionOf(ann))
    await expect(server.rest('GET', '/auth/me', undefined, { authorization: `Bearer ${token}` }), 200)
    const rename = (secret: string) =>
      server.rest(
        'PATCH',
        '/auth/me',
        { name: 'Ann' },
        {
          cookie: `auth_token=${token}`,
          'x-csrf-token': csrfToken(secret, sessionOf(ann)),
        },
      )
    await expect(rename(former), 200)
    await expect(rename(present), 200)
    refuses(await rename('a secret that nobody has, of more than 32 characters'), 'csrf_failed')
    const forged = createAccessTokens(randomUUID(), 900).sign(ann.person.id, sessionOf(ann)).token
    refuses(await server.rest('GET', '/auth/me', undefined, { authorization: `Bearer ${forged}` }), 'unauthenticated')
  })

  it('[AC40] gives the same successor again of a refresh token that an instance with the former secret has spent', async () => {
    const ann = await server.user('ann')
    const { refresh_token } = (await expect(server.rest('POST', '/auth/login', { email: ann.email, password }), 200))
      .body
    const successor = createTokenDeriver(former, 'refresh token')(refresh_token)
    await server.query(
      `with spent as (update refresh_tokens set spent_at = now() where hash = $1 returning session_id)
      insert into refresh_tokens (hash, session_id, created_at) select $2, session_id, now() from spent`,
      [hashToken(refresh_token), hashToken(successor)],
    )
    const again = await expect(server.rest('POST', '/auth/refresh', { refresh_token }), 200)
    assert.equal(again.body.refresh_token, successor)
    await expect(server.rest('POST', '/auth/refresh', { refresh_token: successor }), 200)
  })

  it('[AC40] encrypts the secrets of second factors and webhooks anew, which go on working', async () => {
    const ann = await server.user('ann')
    const { secret } = await turnOnTwoFactor(ann)
    const stored = async () => {
      const [row] = await server.query<{ secret: Buffer }>('select secret from totp_factors where user_id = $1', [
        ann.person.id,
      ])
      return row!.secret
    }
    const sealedBefore = createSealer(former, 'second factors').seal(secret)
    await server.query('update totp_factors set secret = $1 where user_id = $2', [sealedBefore, ann.person.id])
    await eventually(async () => assert.equal(createSealer(present, 'second factors').open(await stored()), secret))
    const { body } = await server.rest('POST', '/auth/login', { email: ann.email, password })
    const { challenge } = body.error.details
    await expect(server.rest('POST', '/auth/login/second-factor', { challenge, code: codeOf(secret, 1) }), 200)

    const hook = { url: 'https://example.com/hook', events: ['*'] }
    const { id, secret: signing } = (await expect(ann.rest('POST', '/webhooks/register', hook), 201)).body.data
    const old = createSealer(former, 'webhook secrets').seal(signing)
    await server.query('update webhooks set secret = $1 where id = $2', [old, id])
    await eventually(async () => {
      const [row] = await server.query<{ secret: Buffer }>('select secret from webhooks where id = $1', [id])
      assert.equal(createSealer(present, 'webhook secrets').open(row!.secret), signing)
    })
  })
})
