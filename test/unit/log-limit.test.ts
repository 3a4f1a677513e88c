import assert from 'node:assert/strict'
import { createLogLimit } from '../../server/kernel/log-limit.ts'

describe('a limit of log lines', () => {
  it('[TU7] writes a bounded number of lines of a kind a second, each kind on its own, and then reports how many were left out', () => {
    const { now } = performance
    let time = 1_000
    performance.now = () => time
    try {
      const limit = createLogLimit(2)
      const lines: string[] = []
      for (let nth = 0; nth < 5; nth++) limit('a', leftOut => lines.push(`a ${leftOut}`))
      limit('b', leftOut => lines.push(`b ${leftOut}`))
      time += 1_000
      limit('a', leftOut => lines.push(`a ${leftOut}`))
      limit('a', leftOut => lines.push(`a ${leftOut}`))
      assert.deepEqual(lines, ['a 0', 'a 0', 'b 0', 'a 3', 'a 0'])
    } finally {
      performance.now = now
    }
  })
})
