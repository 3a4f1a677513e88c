import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Member } from '../../server/faces/socket/member.ts'
import { createRoster } from '../../server/faces/socket/roster.ts'
import { drainSockets } from '../../server/faces/socket/drain-sockets.ts'

describe('sending sockets away', () => {
  const enter = (roster: ReturnType<typeof createRoster>, id: number, leavesAtOnce: boolean) => {
    const line = Object.assign(new EventEmitter(), {
      readyState: 'open',
      close: () => {
        line.readyState = 'closing'
        if (leavesAtOnce) line.end()
      },
      end: () => {
        line.readyState = 'closed'
        line.emit('close')
      },
    })
    const told: string[] = []
    const socket = { conn: line, emit: (name: string) => told.push(name) }
    roster.add({ socket, person: { id }, sessionId: String(id), address: '192.0.2.1' } as unknown as Member)
    return { line, told }
  }

  it('[BT11] is over when the last line has closed, also one that takes its farewell late', async () => {
    const roster = createRoster()
    const [one, other] = [enter(roster, 1, true), enter(roster, 2, false)]
    let over = false
    const sent = drainSockets(roster).then(() => (over = true))
    await new Promise<void>(resolve => {
      const look = () => (other.line.readyState === 'closing' ? resolve() : setImmediate(look))
      look()
    })
    await new Promise(setImmediate)
    assert.equal(over, false)
    other.line.end()
    await sent
    assert.deepEqual([one.told, other.told], [['draining'], ['draining']])
  })
})
