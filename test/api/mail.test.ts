import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { startMailbox } from '../support/mailbox.ts'
import { type Client, expect, startServer } from '../support/server.ts'

const reset = async (admin: Client, { person }: Client) =>
  (await expect(admin.rest('POST', `/admin/users/${person.id}/reset-password`, {}), 200)).body.reset_token as string

describe('letters', () => {
  it('[AC29] a reset is mailed to the account, with a link that leads to a new password', async () => {
    const mailbox = await startMailbox()
    const server = await startServer({ env: { SMTP_URL: mailbox.url, PUBLIC_URL: 'https://tasks.example.com' } })
    try {
      const ann = await server.user('ann')
      const token = await reset(server.admin, ann)
      await eventually(() => assert.equal(mailbox.letters.length, 1))
      const [letter] = mailbox.letters
      assert.deepEqual(letter!.to, [ann.email])
      assert.ok(letter!.text.includes(`https://tasks.example.com/#/reset-password?token=${token}`), letter!.text)
    } finally {
      await server.close()
      await mailbox.close()
    }
  })

  it('[AC29] a mail server that is not there fails no reset, and stops no server', async () => {
    const { url, close } = await startMailbox()
    await close()
    const server = await startServer({ env: { SMTP_URL: url } })
    try {
      const ann = await server.user('ann')
      const token = await reset(server.admin, ann)
      await expect(server.rest('POST', '/auth/reset-password', { token, new_password: 'a new long secret' }), 204)
    } finally {
      await server.close()
    }
  })
})
