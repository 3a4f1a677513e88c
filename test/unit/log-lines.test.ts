import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import pretty from 'pino-pretty'
import { createLogger } from '../../server/kernel/logger.ts'

const forged = '2026-11-29 INFO\r\n{"level":60,"msg":"restored"}\r\u001b[2K\u0000\u0008'

describe('lines of the log', () => {
  for (const isPretty of [false, true])
    it(`[HT14] are not forged by what a client sends, in the form for ${isPretty ? 'people' : 'programs'}`, () => {
      let text = ''
      const lines = new Writable({
        write(chunk, _, done) {
          text += String(chunk)
          done()
        },
      })
      const destination = isPretty ? pretty({ sync: true, destination: lines, colorize: false }) : lines
      const log = createLogger({ level: 'info', pretty: isPretty, destination })
      log.warn({ route: forged, user_agent: forged, deep: { name: [forged] }, err: new Error(forged) }, 'request')
      const all = text.trimEnd().split(/\r\n|[\n\r]/)
      // For people, the lines of a stack stand apart: they are indented.
      const begun = all.filter(line => !/^ {4}/.test(line))
      assert.equal(begun.length, 1, text)
      if (!isPretty) assert.deepEqual(JSON.parse(text).deep, { name: [forged] })
    })
})
