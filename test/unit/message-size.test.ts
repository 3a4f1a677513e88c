import assert from 'node:assert/strict'
import { limitToMember, limitToStranger } from '../../server/faces/socket/message-size.ts'

describe('the size of messages', () => {
  it('[TU8] is that of the contract where ws has another limit, and polling has none', () => {
    for (const webSocket of [undefined, null, {}, { _receiver: null }, { _receiver: {} }]) {
      const before = structuredClone(webSocket)
      limitToStranger(webSocket)
      limitToMember(webSocket)
      assert.deepEqual(webSocket, before)
    }
  })
})
