import assert from 'node:assert/strict'
import { type Action, allowedTo, can, type Caller, refusalOf, rowsFor } from '../../server/kernel/can.ts'
import { conflict, forbidden, notFound } from '../../server/kernel/errors.ts'

interface Thing {
  owner: number
  hidden?: boolean
  closed?: boolean
  personal?: boolean
}

const see: Action<Thing> = {
  who: ({ id }, { owner, hidden }) => !hidden || owner === id,
  admins: ({ personal }) => (personal ? 'nowhere' : 'fromTheirAddresses'),
  otherwise: notFound,
}
const change: Action<Thing> = {
  first: (caller, thing) => refusalOf(caller, see, thing),
  keyNeeds: () => ['tasks:write'],
  who: ({ id }, { owner }) => owner === id,
  admins: 'anywhere',
  otherwise: () => forbidden('Only its owner.'),
  state: ({ closed }) => (closed ? conflict('It is closed.') : null),
}
const sessionsOnly: Action<null> = { keyNeeds: () => ['never'], who: () => true }

const owner: Caller = { person: { id: 1, role: 'user' } }
const other: Caller = { person: { id: 2, role: 'user' } }
const admin: Caller = { person: { id: 3, role: 'admin' } }
const withKey = (caller: Caller, ...permissions: string[]): Caller => ({ ...caller, key: { permissions } })
const elsewhere = (caller: Caller): Caller => ({ ...caller, isElsewhere: true })
const code = <O>(caller: Caller, action: Action<O>, thing: O) => refusalOf(caller, action, thing)?.code ?? 'may'

describe('the judge of who may do what', () => {
  it('[RX10] says of what somebody does not see nothing but that there is none, also to a key without the permission', () => {
    const hidden = { owner: 1, hidden: true, closed: true }
    assert.equal(code(other, change, hidden), 'not_found')
    assert.equal(code(withKey(other), change, hidden), 'not_found')
    assert.equal(code(withKey(owner), change, hidden), 'forbidden')
    assert.throws(() => allowedTo(other, change, undefined), { code: 'not_found' })
  })

  it('[RX10] asks an API key for its permission, and its owner for the right', () => {
    const thing = { owner: 1 }
    assert.deepEqual(refusalOf(withKey(owner, 'tasks:read'), change, thing)?.details, { permission: 'tasks:write' })
    assert.equal(code(withKey(owner, 'tasks:write'), change, thing), 'may')
    assert.equal(code(withKey(other, 'tasks:write'), change, thing), 'forbidden')
    assert.equal(code(owner, sessionsOnly, null), 'may')
    assert.equal(code(withKey(admin, 'admin'), sessionsOnly, null), 'forbidden')
    assert.equal(can(withKey(other, 'admin'), 'admin'), false)
    assert.equal(can(withKey(admin), 'admin'), false)
  })

  it('[RX10] lets administrators do what an action lets them, from where it lets them', () => {
    const hidden = { owner: 1, hidden: true }
    assert.equal(code(admin, see, hidden), 'may')
    assert.equal(code(elsewhere(admin), see, hidden), 'address_not_allowed')
    assert.equal(code(elsewhere(owner), see, hidden), 'may')
    assert.equal(code(elsewhere(other), see, hidden), 'not_found')
    assert.equal(code(admin, see, { ...hidden, personal: true }), 'not_found')
    assert.equal(code(elsewhere(admin), change, { owner: 1 }), 'may')
  })

  it('[RX10] refuses everybody what the state of a thing forbids, after the right to it', () => {
    const closed = { owner: 1, closed: true }
    for (const caller of [owner, admin]) assert.equal(code(caller, change, closed), 'conflict')
    assert.equal(code(other, change, closed), 'forbidden')
  })

  it('[RX10] gives administrators all rows of an action that they may do anywhere, and no others', () => {
    const none = () => ({ text: 'none' }) as never
    assert.equal(rowsFor(admin.person, change, none).sql, 'true')
    assert.deepEqual(rowsFor(admin.person, see, none), { text: 'none' })
    assert.deepEqual(rowsFor(owner.person, change, none), { text: 'none' })
  })
})
