import assert from 'node:assert/strict'
import { nobody, reducePresence, type PresenceChange } from '../../sdk/index.ts'

const room = 'tasks'
const start: PresenceChange = { name: 'members', members: { tasks: [{ user_id: 1, state: { editing: 7 } }] } }
const after = (...changes: PresenceChange[]) => [...([start, ...changes].reduce(reducePresence, nobody)[room] ?? [])]

describe('sdk: presence', () => {
  it('[SDK8] the answer to a join says who is there and what they do', () => {
    assert.deepEqual(after(), [[1, { editing: 7 }]])
  })

  it('[SDK8] people come and go', () => {
    assert.deepEqual(after({ name: 'user_joined', room, user_id: 2 }), [
      [1, { editing: 7 }],
      [2, {}],
    ])
    assert.deepEqual(after({ name: 'user_left', room, user_id: 1 }), [])
  })

  it('[SDK8] somebody who is there already and joins again keeps their state', () => {
    assert.deepEqual(after({ name: 'user_joined', room, user_id: 1 }), [[1, { editing: 7 }]])
  })

  it('[SDK8] the last state counts', () => {
    assert.deepEqual(after({ name: 'presence_changed', room, user_id: 1, state: {} }), [[1, {}]])
  })

  it('[SDK8] joining again forgets those who left meanwhile', () => {
    assert.deepEqual(after({ name: 'members', members: { tasks: [{ user_id: 3, state: {} }] } }), [[3, {}]])
  })

  it('[SDK8] of a room that one has left nobody is known', () => {
    assert.deepEqual(after({ name: 'room_left', room }), [])
  })
})
