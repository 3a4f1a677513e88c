import assert from 'node:assert/strict'
import { nobody, reducePresence, type PresenceChange } from '../../sdk/index.ts'

const room = 'tasks'
const start: PresenceChange = { name: 'members', members: { tasks: [{ user_id: 1, state: { editing: 7 } }] } }
const after = (...changes: PresenceChange[]) => [...([start, ...changes].reduce(reducePresence, nobody)[room] ?? [])]

describe('sdk: presence', () => {
  it('[SDK8] starts with the people and states in the answer to a join', () => {
    assert.deepEqual(after(), [[1, { editing: 7 }]])
  })

  it('[SDK8] follows arrivals and departures', () => {
    assert.deepEqual(after({ name: 'user_joined', room, user_id: 2 }), [
      [1, { editing: 7 }],
      [2, {}],
    ])
    assert.deepEqual(after({ name: 'user_left', room, user_id: 1 }), [])
  })

  it('[SDK8] keeps the state of somebody who is there already and joins again', () => {
    assert.deepEqual(after({ name: 'user_joined', room, user_id: 1 }), [[1, { editing: 7 }]])
  })

  it('[SDK8] keeps the last state', () => {
    assert.deepEqual(after({ name: 'presence_changed', room, user_id: 1, state: {} }), [[1, {}]])
  })

  it('[SDK8] forgets at the next join those who left meanwhile', () => {
    assert.deepEqual(after({ name: 'members', members: { tasks: [{ user_id: 3, state: {} }] } }), [[3, {}]])
  })

  it('[SDK8] knows nobody in a room that was left', () => {
    assert.deepEqual(after({ name: 'room_left', room }), [])
  })
})
