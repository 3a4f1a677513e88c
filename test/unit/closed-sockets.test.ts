import assert from 'node:assert/strict'
import { createExpiry } from '../../server/faces/socket/lifetime.ts'
import type { Member } from '../../server/faces/socket/member.ts'
import { createSubscriptions } from '../../server/faces/socket/subscriptions.ts'

describe('calls of a socket that are answered after it has closed', () => {
  const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length

  for (const closed of [false, true]) {
    it(`[TU25] ${closed ? 'start no timer for' : 'start the timer for'} the end of its token`, () => {
      const expiry = createExpiry(() => assert.fail('nothing expires in this test'))
      const member = { closed, expiresAt: new Date(Date.now() + 3_600_000).toISOString() } as Member
      const before = timers()
      expiry.watch(member)
      const started = timers() - before
      expiry.forget(member)
      assert.equal(started, closed ? 0 : 1)
    })

    it(`[TU25] ${closed ? 'take no seats' : 'take its remaining seats'} when they leave a room`, () => {
      const joined: unknown[] = []
      const left: unknown[] = []
      const { leave } = createSubscriptions({
        database: { reads: {} },
        presence: { leave: () => {} },
        traffic: {},
      } as unknown as Parameters<typeof createSubscriptions>[0])
      const member = {
        closed,
        live: true,
        person: { id: 1 },
        rights: { admin: false, projects: new Map() },
        rooms: new Map([['tasks', { room: { name: 'tasks', kind: 'topic', topic: 'tasks' }, after: 0 }]]),
        socket: { id: 'a', join: (seats: unknown) => joined.push(seats), leave: (seat: unknown) => left.push(seat) },
      } as unknown as Member
      leave(member, 'tasks')
      assert.equal(joined.length, closed ? 0 : 1)
      assert.equal(left.length > 0, !closed)
    })
  }
})
