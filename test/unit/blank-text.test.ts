import assert from 'node:assert/strict'
import { filledText, isBlank } from '../../contract/index.ts'

describe('text that must not be blank', () => {
  const tag = String.fromCodePoint(0xe0061)
  for (const text of [
    '',
    ' \n',
    '\u200d',
    '\u200b\u2060\ufeff',
    '\u3164',
    '\u115f\u1160',
    '\u2800',
    tag,
    '\u00ad',
    '\ufe0f',
    '\u2066\u2069',
    '\u034f',
    '\u17b4',
  ])
    it(`[BI14] treats ${JSON.stringify(text)} as blank`, () => {
      assert.equal(isBlank(text), true)
      assert.equal(filledText(10).safeParse(text).success, false)
    })
  for (const text of ['a', '👍', '.', '\u200dक', '〇', '\u0600', '\u0301', '\ufffc', ' a '])
    it(`[BI14] accepts ${JSON.stringify(text)}`, () => assert.equal(filledText(10).parse(text), text))
})
