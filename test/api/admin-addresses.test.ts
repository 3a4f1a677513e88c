import assert from 'node:assert/strict'
import { io } from 'socket.io-client'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { eventually } from '../support/eventually.ts'
import { loadConfig } from '../../server/config.ts'
import { refuses, refusesAck } from '../suites/answers.ts'

const office = '10.1.2.3'
const home = '203.0.113.9'

describe('addresses of administrators', () => {
  let server: TestServer
  before(async () => {
    server = await startServer({ env: { ADMIN_IP_ALLOWLIST: '10.0.0.0/8, 2001:db8::/32', TRUST_PROXY: '1' } })
  })
  after(() => server.close())

  const from = (address: string, path: string, method = 'GET', body?: object) =>
    server.admin.rest(method, path, body, { 'x-forwarded-for': address })

  for (const address of [office, `${office}:4711`, `9.9.9.9, ${office}`, '[2001:db8::1]:80', `::ffff:${office}`])
    it(`[RL10] lets administrators administer from ${address}`, async () => {
      await expect(from(address, '/admin/users'), 200)
    })

  for (const address of [home, `${office}, ${home}`, `${office} ${home}`, '2001:db9::1', ''])
    it(`[RL10] refuses it from "${address}"`, async () => {
      for (const [method, path, body] of [
        ['GET', '/admin/users', undefined],
        ['GET', '/audit/logs', undefined],
        ['POST', '/cache/clear', { all: true }],
        ['GET', '/events?room=admin', undefined],
        ['GET', '/rooms/admin/members', undefined],
      ] as const)
        refuses(await from(address, path, method, body), 'address_not_allowed')
    })

  it('[AU10] notes for the audit log what was refused because of the address', async () => {
    refuses(await from(home, '/admin/users'), 'address_not_allowed')
    await eventually(async () => {
      const { results } = (await from(office, '/audit/logs?action=access.refused')).body.data
      const found = results.some((one: { ip_address: string; details: { path: string } }) => {
        return one.ip_address === home && one.details.path === '/admin/users'
      })
      assert.ok(found, JSON.stringify(results))
    })
  })

  it('[RL10] refuses from elsewhere what is for administrators in operations for everybody', async () => {
    const ann = await server.user('ann-at-home')
    const made = await expect(
      ann.rest('POST', '/webhooks/register', { url: 'https://example.com/', events: ['*'] }),
      201,
    )
    const key = await expect(ann.rest('POST', '/api-keys', { name: 'script', permissions: ['tasks:read'] }), 201)
    const { id } = ann.person
    const exported = await expect(from(office, '/export/data', 'POST', { type: 'users', format: 'csv' }), 202)
    const exportId = exported.body.data.id
    await eventually(async () => {
      const { body } = await from(office, `/export/status?id=${exportId}`)
      assert.equal(body.data.status, 'completed')
    })
    for (const [method, path, body] of [
      ['POST', '/export/data', { type: 'users', format: 'csv' }],
      ['GET', `/export/files/${exportId}`, undefined],
      ['GET', `/api-keys?user_id=${id}`, undefined],
      ['DELETE', `/api-keys/${key.body.id}`, undefined],
      ['GET', `/webhooks/list?user_id=${id}`, undefined],
      ['DELETE', `/webhooks/${made.body.data.id}`, undefined],
      ['GET', `/events?room=user_${id}`, undefined],
    ] as const) {
      refuses(await from(home, path, method, body), 'address_not_allowed')
    }
  })

  it('[RL10] lets administrators do from anywhere what everybody does, and others nothing more', async () => {
    await expect(from(home, '/tasks'), 200)
    const ann = await server.user('ann')
    refuses(await ann.rest('GET', '/admin/users', undefined, { 'x-forwarded-for': office }), 'forbidden')
    refuses(await ann.rest('GET', '/admin/users', undefined, { 'x-forwarded-for': home }), 'forbidden')
  })

  it('[RL10] applies to metrics and to the room of administrators', async () => {
    const metrics = (address: string, { token } = server.admin) =>
      fetch(`${server.url}/metrics`, {
        headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': address },
      })
    assert.deepEqual([(await metrics(office)).status, (await metrics(home)).status], [200, 403])
    // A permission from the time before somebody was an administrator opens no second way.
    const carl = await server.user('carl')
    const promoted = { permissions: ['metrics:read'], role: 'admin' }
    await expect(from(office, `/admin/users/${carl.person.id}`, 'PUT', promoted), 200)
    assert.deepEqual([(await metrics(office, carl)).status, (await metrics(home, carl)).status], [200, 403])
    const joinFrom = async (address: string) => {
      const socket = io(server.url, {
        auth: { token: server.admin.token },
        extraHeaders: { 'x-forwarded-for': address },
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
      })
      try {
        return await socket.timeout(10_000).emitWithAck('join_room', { rooms: ['tasks', 'admin'] })
      } finally {
        socket.disconnect()
      }
    }
    assert.equal((await joinFrom(office)).ok, true)
    refusesAck(await joinFrom(home), 'address_not_allowed', ['admin'])
  })

  it('[RL10] counts a request that an unknown proxy passed on as one from elsewhere', async () => {
    const direct = await startServer({ env: { ADMIN_IP_ALLOWLIST: 'loopback' } })
    try {
      await expect(direct.admin.rest('GET', '/admin/users'), 200)
      const passed = await direct.admin.rest('GET', '/admin/users', undefined, { 'x-forwarded-for': office })
      refuses(passed, 'address_not_allowed')
    } finally {
      await direct.close()
    }
  })

  it('[RL10] refuses a list that is none', () => {
    for (const given of ['none', '10.0.0.0/33', 'office'])
      assert.throws(() => loadConfig({ ADMIN_IP_ALLOWLIST: given }), /ADMIN_IP_ALLOWLIST/)
    assert.deepEqual(loadConfig({}).adminIpAllowlist, [])
  })
})
