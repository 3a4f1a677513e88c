import assert from 'node:assert/strict'
import { limitToMember, limitToStranger } from '../../server/faces/socket/message-size.ts'

describe('the size of messages', () => {
  it('[TU8] stays the one of the contract where ws is another, and polling has none', () => {
    for (const webSocket of [undefined, null, {}, { _receiver: null }, { _receiver: {} }]) {
      const before = structuredClone(webSocket)
      limitToStranger(webSocket)
      limitToMember(webSocket)
      assert.deepEqual(webSocket, before)
    }
  })
})
