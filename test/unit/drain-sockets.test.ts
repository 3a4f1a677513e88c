import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Member } from '../../server/faces/socket/member.ts'
import { createRoster } from '../../server/faces/socket/roster.ts'
import { drainSockets } from '../../server/faces/socket/drain-sockets.ts'

describe('draining the sockets', () => {
  const enter = (roster: ReturnType<typeof createRoster>, id: number, leavesAtOnce: boolean) => {
    const connection = Object.assign(new EventEmitter(), {
      readyState: 'open',
      close: () => {
        connection.readyState = 'closing'
        if (leavesAtOnce) connection.end()
      },
      end: () => {
        connection.readyState = 'closed'
        connection.emit('close')
      },
    })
    const received: string[] = []
    const socket = { conn: connection, emit: (name: string) => received.push(name) }
    roster.add({ socket, person: { id }, sessionId: String(id), address: '192.0.2.1' } as unknown as Member)
    return { connection, received }
  }

  it('[BT11] ends when the last connection has closed, also one that closes late', async () => {
    const roster = createRoster()
    const [one, other] = [enter(roster, 1, true), enter(roster, 2, false)]
    let over = false
    const sent = drainSockets(roster).then(() => (over = true))
    await new Promise<void>(resolve => {
      const look = () => (other.connection.readyState === 'closing' ? resolve() : setImmediate(look))
      look()
    })
    await new Promise(setImmediate)
    assert.equal(over, false)
    other.connection.end()
    await sent
    assert.deepEqual([one.received, other.received], [['draining'], ['draining']])
  })
})
