import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { startMailbox } from '../support/mailbox.ts'
import { type Client, expect, startServer } from '../support/server.ts'

const reset = async (admin: Client, { person }: Client) =>
  (await expect(admin.rest('POST', `/admin/users/${person.id}/reset-password`, {}), 200)).body.reset_token as string

describe('e-mails', () => {
  it('[AC29] sends a reset to the account, with a link that leads to a new password', async () => {
    const mailbox = await startMailbox()
    const server = await startServer({ env: { SMTP_URL: mailbox.url, PUBLIC_URL: 'https://tasks.example.com' } })
    try {
      const ann = await server.user('ann')
      const token = await reset(server.admin, ann)
      await eventually(() => assert.equal(mailbox.messages.length, 1))
      const [message] = mailbox.messages
      assert.deepEqual(message!.to, [ann.email])
      assert.ok(message!.text.includes(`https://tasks.example.com/#/reset-password?token=${token}`), message!.text)
    } finally {
      await server.close()
      await mailbox.close()
    }
  })

  it('[AC29] does not fail a reset or a server because the mail server cannot be reached', async () => {
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
