import assert from 'node:assert/strict'
import { nobody, reducePresence, type PresenceChange } from '../../sdk/index.ts'

const room = 'tasks'
const start: PresenceChange = { name: 'members', members: { tasks: [{ user_id: 1, state: { editing: 7 } }] } }
const roomAfter = (...changes: PresenceChange[]) => changes.reduce(reducePresence, nobody)[room]
const after = (...changes: PresenceChange[]) => [...(roomAfter(start, ...changes)?.members ?? [])]

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

  it('[SDK8] counts the people of a room', () => {
    assert.deepEqual(roomAfter(start, { name: 'user_joined', room, user_id: 2 })?.count, 2)
    assert.deepEqual(roomAfter(start, { name: 'user_left', room, user_id: 1 })?.count, 0)
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

  it('[SDK8] knows nobody in a room that was left, whatever comes late', () => {
    assert.deepEqual(after({ name: 'room_left', room }, { name: 'user_joined', room, user_id: 2 }), [])
  })

  const some: PresenceChange = { ...start, member_counts: { tasks: 900 } }

  it('[SDK27] counts the people of a large room, and says that it does not list all', () => {
    const members = new Map([[1, { editing: 7 }]])
    assert.deepEqual(roomAfter(some), { count: 900, members, isComplete: false })
    const later: PresenceChange = { name: 'presence_count', room, count: 901 }
    assert.deepEqual(roomAfter(some, later), { count: 901, members, isComplete: false })
    assert.deepEqual(roomAfter(start, later), { count: 901, members, isComplete: false })
  })

  it('[SDK27] lists everybody again when the room is no longer large, and follows them', () => {
    const small: PresenceChange = { name: 'presence_members', room, members: [{ user_id: 4, state: { a: 1 } }] }
    assert.deepEqual(roomAfter(some, small, { name: 'user_joined', room, user_id: 5 }), {
      count: 2,
      members: new Map([
        [4, { a: 1 }],
        [5, {}],
      ]),
      isComplete: true,
    })
  })
})
