import assert from 'node:assert/strict'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { startMailbox } from '../support/mailbox.ts'
import { expect, password, startServer, type TestServer } from '../support/server.ts'

describe('a forgotten password', () => {
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let server: TestServer
  before(async () => {
    mailbox = await startMailbox()
    server = await startServer({
      env: { SMTP_URL: mailbox.url, PUBLIC_URL: 'https://example.com/board', TRUST_PROXY: '1' },
    })
  })
  after(async () => {
    await server?.close()
    await mailbox?.close()
  })

  let addresses = 0
  /** Asks from another address each time, unless one is given. */
  const ask = (email: string, from = `203.0.113.${(addresses += 1)}`, headers: Record<string, string> = {}) =>
    server.rest('POST', '/auth/forgot-password', { email }, { 'x-forwarded-for': from, ...headers })
  const messagesTo = (email: string) => mailbox.messages.filter(({ to }) => to.includes(email))
  const messageTo = (email: string) =>
    eventually(() => {
      const [message] = messagesTo(email)
      assert.ok(message)
      return message
    })
  const tokenIn = (text: string) => /token=([A-Za-z0-9_-]{43})/.exec(text)![1]!

  it('[FP1] sends an e-mail with a link to a new password that works once; until then nothing changes', async () => {
    const ann = await server.user('ann')
    await expect(ask(`  ${ann.email.toUpperCase()} `), 202)
    const { text } = await messageTo(ann.email)
    assert.ok(text.includes('https://example.com/board/#/reset-password?token='), text)
    await expect(ann.rest('GET', '/auth/me'), 200)
    await server.login(ann.email)

    const reset = { token: tokenIn(text), new_password: 'a new long secret' }
    await expect(server.rest('POST', '/auth/reset-password', reset), 204)
    await expect(ann.rest('GET', '/auth/me'), 401)
    await server.login(ann.email, 'a new long secret')
    await expect(server.rest('POST', '/auth/login', { email: ann.email, password }), 401)
    await expect(server.rest('POST', '/auth/reset-password', reset), 400)
  })

  it('[FP2] answers the same for known and unknown addresses, and does not wait for the look-up (attack 19)', async () => {
    const bob = await server.user('bob')
    const gone = await server.user('gone')
    await expect(server.admin.rest('PATCH', `/admin/users/${gone.person.id}/toggle-active`, {}), 200)
    const holder = await openConnection(server.ownerUrl)
    await holder.query('begin; lock table users in access exclusive mode')
    for (const email of [bob.email, 'nobody@example.com', gone.email, 'no address', ''])
      assert.deepEqual((await expect(ask(email), 202)).body, { mail: true })
    await holder.end()
    await messageTo(bob.email)
    assert.equal(messagesTo(gone.email).length + messagesTo('nobody@example.com').length, 0)
  })

  it('[FP3] sends one e-mail to an account in five minutes, however many are requested, and keeps earlier tokens valid', async () => {
    const eve = await server.user('eve')
    await Promise.all(Array.from({ length: 8 }, () => expect(ask(eve.email), 202)))
    const { text } = await messageTo(eve.email)
    // Look-ups happen in order: when the last person's e-mail has arrived, the others have been looked up.
    const last = await server.user('last')
    await expect(ask(last.email), 202)
    await messageTo(last.email)
    assert.equal(messagesTo(eve.email).length, 1)

    await server.query(`update password_resets set expires_at = expires_at - interval '6 minutes'`)
    await expect(ask(eve.email), 202)
    await eventually(() => assert.equal(messagesTo(eve.email).length, 2))
    const reset = { token: tokenIn(text), new_password: 'a new long secret' }
    await expect(server.rest('POST', '/auth/reset-password', reset), 204)
  })

  it('[FP3] limits the rate of one address, and no other address', async () => {
    const statuses: number[] = []
    for (let nth = 0; nth < 30; nth += 1) statuses.push((await ask(`n${nth}@example.com`, '198.51.100.1')).status)
    assert.equal(statuses[0], 202)
    assert.equal(statuses.at(-1), 429)
    const refused = await ask('x@example.com', '198.51.100.1')
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    await expect(ask('x@example.com', '198.51.100.2'), 202)
  })

  it('[FP4] never builds a link from the host that a request names', async () => {
    const mail = await startMailbox()
    const bare = await startServer({ env: { SMTP_URL: mail.url, TRUST_PROXY: '1' } })
    try {
      const ann = await bare.user('ann')
      const headers = { 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' }
      await expect(bare.rest('POST', '/auth/forgot-password', { email: ann.email }, headers), 202)
      const [message] = await eventually(() => {
        assert.equal(mail.messages.length, 1)
        return mail.messages
      })
      assert.doesNotMatch(message!.text, /evil|https?:/)
      assert.match(message!.text, /with this token[\s\S]*[A-Za-z0-9_-]{43}/)
    } finally {
      await bare.close()
      await mail.close()
    }
  })

  it('[FP5] reports to strangers whether e-mails are sent and whether registration is open', async () => {
    assert.deepEqual((await expect(server.rest('GET', '/auth/options'), 200)).body, {
      registration: 'open',
      mail: true,
    })
    const bare = await startServer({ env: { REGISTRATION: 'closed' } })
    try {
      assert.deepEqual((await expect(bare.rest('GET', '/auth/options'), 200)).body, {
        registration: 'closed',
        mail: false,
      })
      const asked = await expect(bare.rest('POST', '/auth/forgot-password', { email: 'admin@example.com' }), 202)
      assert.deepEqual(asked.body, { mail: false })
      assert.deepEqual(await bare.query('select * from password_resets'), [])
    } finally {
      await bare.close()
    }
  })
})
