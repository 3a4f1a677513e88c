import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { connectRedis } from '../../server/adapters/redis.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { eventually } from '../support/eventually.ts'
import { useRedis } from '../support/redis.ts'

const password = 'not-the-one'

/** A log, and what it has written so far. */
function keepLog() {
  let text = ''
  const destination = new Writable({
    write(chunk, _, done) {
      text += String(chunk)
      done()
    },
  })
  return { log: createLogger({ level: 'trace', pretty: false, destination }), text: () => text }
}

describe('the password of Redis', () => {
  const redis = useRedis()

  for (const scheme of ['redis', 'redis+cluster'])
    it(`[RC5] is not in the log when ${scheme}:// refuses it`, async () => {
      const { log, text } = keepLog()
      const url = `${scheme}://:${password}@${new URL(redis().url).host}`
      const link = connectRedis(url, 'a secret for tests', log)
      try {
        await eventually(() => assert.match(text(), /WRONGPASS/))
      } finally {
        link.close()
      }
      assert.ok(!text().includes(password), text())
    })

  it('[RC5] is not in the log when the error with the command is within another', () => {
    const { log, text } = keepLog()
    const refused = Object.assign(new Error('WRONGPASS'), { command: { name: 'hello', args: [password] } })
    log.warn(refused)
    log.warn({ reason: refused, reasons: [refused] })
    log.warn({ err: Object.assign(new Error('all nodes'), { lastNodeError: refused }) })
    log.warn({ err: new AggregateError([refused]) })
    assert.equal(text().match(/"command":\{"name":"hello"/g)?.length, 5)
    assert.ok(!text().includes(password), text())
  })
})
