import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createBodyMemory } from '../../server/kernel/body-memory.ts'

/** A request reduced to its memory: it can be given up, and has ended then. */
class Request extends EventEmitter {
  isOpen = true
  destroy() {
    this.isOpen = false
    this.emit('close')
  }
}

describe('the memory of bodies that are arriving', () => {
  it('[TU20] is bounded: the largest body of whoever keeps most is given up, not the one that came last', () => {
    const bodies = createBodyMemory(100)
    const keep = (owner: string | number, bytes: number) => {
      const request = new Request()
      bodies.keep(owner, request as unknown as IncomingMessage)(bytes)
      return request
    }
    const lone = keep(1, 40)
    const [first, second, third] = [keep('an address', 15), keep('an address', 20), keep('an address', 15)]
    const last = keep(2, 20)
    assert.deepEqual(
      [lone, first, second, third, last].map(({ isOpen }) => isOpen),
      [true, true, false, true, true],
    )
    // Ended bodies are not counted.
    for (const one of [lone, first, third]) one.destroy()
    const all = [keep(3, 30), keep(4, 49)]
    assert.ok([last, ...all].every(({ isOpen }) => isOpen))
  })
})
