import assert from 'node:assert/strict'
import {
  keyNeedOf,
  type Operation,
  operations,
  permissionOfRoom,
  permissions,
  topics,
  transfers,
} from '../../contract/index.ts'
import { openApi } from '../../server/faces/rest/documents/openapi.ts'
import { refusalOf } from '../../server/kernel/can.ts'
import type { Scope } from '../../server/kernel/scope.ts'

const all = [...Object.entries(operations), ...Object.entries(transfers)].flatMap(([resource, set]) =>
  Object.entries<Operation>(set)
    .filter(([, { access }]) => access !== 'public')
    .map(([name, operation]) => ({ name: `${resource}.${name}`, operation, need: keyNeedOf(operation) })),
)

const scopeWith = (keyPermissions: readonly string[], person: object = {}): Scope => ({
  person: { id: 1, role: 'admin', permissions: [], ...person } as never,
  sessionId: null,
  key: { id: 1, prefix: 'tw_0', permissions: keyPermissions, rateLimit: null },
  requestId: 'r',
  address: '::1',
  userAgent: '',
})

describe('permissions of API keys', () => {
  it('[AK1] exist for every operation, or it takes no keys', () => {
    for (const { name, need } of all)
      assert.ok(need === 'never' || need === 'rooms' || permissions.includes(need), `${name}: ${need}`)
  })

  it('[AK1] leave signing in, sessions, passwords, one’s own account and the keys themselves to people', () => {
    const closed = all.flatMap(({ name, need }) => (need === 'never' ? name : []))
    for (const [name] of Object.entries(operations.apiKeys)) assert.ok(closed.includes(`apiKeys.${name}`), name)
    for (const name of ['accounts.logout', 'accounts.changePassword', 'accounts.updateMe', 'accounts.listSessions'])
      assert.ok(closed.includes(name), name)
    for (const name of ['accounts.endSession', 'gdpr.erase', 'gdpr.exportData', 'adminUsers.resetPassword'])
      assert.ok(closed.includes(name), name)
  })

  it('[AK1] are told by openapi.json, with the header in which a key is sent', () => {
    const document = openApi({ version: '1.0.0', publicUrl: undefined, basePath: '' }) as any
    assert.deepEqual(
      [document.components.securitySchemes.ApiKeyAuth.in, document.components.securitySchemes.ApiKeyAuth.name],
      ['header', 'X-API-Key'],
    )
    for (const { name, operation, need } of all) {
      const found = document.paths[operation.path.replace(/:(\w+)/g, '{$1}')][operation.method]
      assert.equal(found['x-permission'], need === 'never' ? undefined : need, name)
      assert.equal('ApiKeyAuth' in Object.assign({}, ...found.security), need !== 'never', name)
    }
  })

  it('[AK3] are needed for every operation, also by the key of an administrator', () => {
    for (const { name, operation, need } of all) {
      const error = refusalOf(scopeWith(permissions.filter(permission => permission !== need)), operation)
      if (need === 'rooms') continue
      assert.equal(error?.code, 'forbidden', name)
      assert.deepEqual(error.details, need === 'never' ? undefined : { permission: need }, name)
      if (need !== 'never') assert.equal(refusalOf(scopeWith([need]), operation), null, name)
    }
  })

  it('[AK3] give a key nothing that its owner may not do now', () => {
    const nobody = { role: 'user' }
    for (const { name, operation, need } of all) {
      const isForFew = operation.access === 'admin' || operation.permission !== undefined
      const error = refusalOf(scopeWith(permissions, nobody), operation)
      assert.equal(error !== null, isForFew || need === 'never', name)
    }
  })

  it('[AK10] are needed for every kind of room', () => {
    const needed = topics.map(name => permissionOfRoom({ kind: 'topic', name }, 1))
    assert.deepEqual(
      needed,
      topics.map(name => `${name}:read`),
    )
    for (const permission of needed) assert.ok(permissions.includes(permission), permission)
  })
})
