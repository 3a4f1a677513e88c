import assert from 'node:assert/strict'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'
import { isBeyond, limitsOf } from '../suites/rate-limits.ts'

describe('limits of sign-ins', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer({ env: { TRUST_PROXY: '1', RATE_LIMIT_LOGIN: '4' } })
    ann = await server.user('ann')
  })
  beforeEach(() => expect(server.admin.rest('POST', '/rate-limits/reset', { all: true }), 200))
  after(() => server.close())

  let networks = 0
  const elsewhere = () => `198.51.100.${++networks}`
  const signIn = (email: string, given: string, address: string) =>
    server.rest('POST', '/auth/login', { email, password: given }, { 'x-forwarded-for': address })
  const fail = async (email: string, address: string, times: number) => {
    for (let nth = 0; nth < times; nth++) refuses(await signIn(email, 'wrong', address), 'invalid_credentials')
  }

  it('[RL4] refuses the fifth wrong password for an account, also when the tries come at once (attack 13)', async () => {
    const here = elsewhere()
    await fail(ann.email, here, 3)
    const last = await signIn(ann.email, 'wrong', here)
    assert.deepEqual(
      limitsOf(last).map(({ name, remaining }) => [name, remaining]),
      [
        ['login', 0],
        ['address', limitsOf(last)[1]!.remaining],
      ],
    )
    isBeyond(await signIn(ann.email, 'wrong', here), 'login')
    isBeyond(await signIn(ann.email.toUpperCase(), password, here), 'login')
    const there = elsewhere()
    const tries = await Promise.all(Array.from({ length: 8 }, () => signIn('nobody@example.com', 'wrong', there)))
    assert.equal(tries.filter(({ status }) => status === 401).length, 4)
  })

  it('[RL4] refuses guesses of one account from many addresses (attack 13)', async () => {
    for (let nth = 0; nth < 4; nth++) await fail(ann.email, elsewhere(), 1)
    isBeyond(await signIn(ann.email, 'wrong', elsewhere()), 'login')
  })

  it('[RL4] refuses one password that is tried on many accounts from one address (attack 14)', async () => {
    const here = elsewhere()
    const tries = []
    for (let nth = 0; nth < 20; nth++) tries.push(await signIn(`victim-${nth}@example.com`, 'Summer2026!', here))
    assert.deepEqual(
      tries.map(({ status }) => status),
      [...Array(12).fill(401), ...Array(8).fill(429)],
    )
    isBeyond(tries.at(-1)!, 'login')
  })

  it('[RL4] does not count what it refuses, so that nobody uses up the tries of others at an address', async () => {
    const here = elsewhere()
    await fail(ann.email, here, 4)
    for (let nth = 0; nth < 20; nth++) isBeyond(await signIn(ann.email, 'wrong', here), 'login')
    await fail('somebody@example.com', here, 1)
  })

  it('[RL4] does not count right passwords', async () => {
    const here = elsewhere()
    for (let nth = 0; nth < 14; nth++) await expect(signIn(ann.email, password, here), 200)
    await fail(ann.email, here, 4)
  })

  it('[RL5] lets a right password in from any other address, while somebody goes on guessing (attack 13)', async () => {
    const attacker = elsewhere()
    await fail(ann.email, attacker, 4)
    isBeyond(await signIn(ann.email, 'wrong', attacker), 'login')
    await expect(signIn(ann.email, password, elsewhere()), 200)
    for (let nth = 0; nth < 4; nth++) await signIn(ann.email, 'wrong', elsewhere())
    await expect(signIn(ann.email, password, elsewhere()), 200)
    isBeyond(await signIn(ann.email, 'wrong', elsewhere()), 'login')
  })

  it('[RL5] does not hold an address from which the person has signed in before to what others try', async () => {
    const home = elsewhere()
    await expect(signIn(ann.email, password, home), 200)
    for (let nth = 0; nth < 6; nth++) await signIn(ann.email, 'wrong', elsewhere())
    await fail(ann.email, home, 2)
    for (let nth = 0; nth < 14; nth++) await signIn(`victim-${nth}@example.com`, 'wrong', home)
    await expect(signIn(ann.email, password, home), 200)
  })

  it('[AC42] limits guessing the same with a session, when confirming and when changing the password', async () => {
    const again = (given: string) => ann.rest('POST', '/auth/reauthenticate', { password: given })
    const guess = { current_password: 'wrong horse 9', new_password: 'another horse 9' }
    const change = () => ann.rest('POST', '/auth/change-password', guess)
    for (let nth = 0; nth < 6; nth++) await expect(again(password), 204)
    for (let nth = 0; nth < 2; nth++) {
      refuses(await again('wrong horse 9'), 'validation_error', ['password'])
      refuses(await change(), 'validation_error', ['current_password'])
    }
    refuses(await again(password), 'rate_limited')
    refuses(await change(), 'rate_limited')
  })

  it('[AC42] [RL5] limits it from many addresses together, and takes the right password from any', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address })
    const again = (given: string) => ann.rest('POST', '/auth/reauthenticate', { password: given }, from(elsewhere()))
    const guess = { current_password: 'wrong horse 9', new_password: 'another horse 9' }
    const change = () => ann.rest('POST', '/auth/change-password', guess, from(elsewhere()))
    for (let nth = 0; nth < 2; nth++) {
      refuses(await again('wrong horse 9'), 'validation_error', ['password'])
      refuses(await change(), 'validation_error', ['current_password'])
    }
    refuses(await again('wrong horse 9'), 'rate_limited')
    refuses(await change(), 'rate_limited')
    await expect(again(password), 204)
  })

  it('[RL5] is reset for a person by administrators', async () => {
    const here = elsewhere()
    await fail(ann.email, here, 4)
    const { body } = await expect(server.admin.rest('POST', '/rate-limits/reset', { user_id: ann.person.id }), 200)
    assert.equal(body.data.reset_count, 2)
    await expect(signIn(ann.email, password, here), 200)
  })
})
