import assert from 'node:assert/strict'
import { createPresence, type PresenceChange } from '../../server/features/rooms/index.ts'
import { eventually } from '../support/eventually.ts'

describe('the people in a room', () => {
  const scene = () => {
    const changes: PresenceChange[] = []
    const presence = createPresence(change => void changes.push(change))
    return { presence, changes, events: () => changes.map(({ event }) => event) }
  }

  it('[PR2] include a person from the first connection to the last', () => {
    const { presence, events } = scene()
    presence.join('r', 1, 'a')
    presence.join('r', 1, 'b')
    presence.leave('r', 1, 'a', 0)
    assert.deepEqual(presence.members('r'), [{ user_id: 1, state: {}, connections: 1 }])
    presence.leave('r', 1, 'b', 0)
    assert.deepEqual([events(), presence.members('r')], [['user_joined', 'user_left'], []])
  })

  it('[PR2] do not change when the same connection joins or leaves again', () => {
    const { presence, events } = scene()
    presence.join('r', 1, 'a')
    presence.join('r', 1, 'a')
    presence.leave('r', 1, 'x', 0)
    presence.leave('other', 1, 'a', 0)
    assert.deepEqual(events(), ['user_joined'])
    presence.leave('r', 1, 'a', 0)
    presence.leave('r', 1, 'a', 0)
    assert.deepEqual(events(), ['user_joined', 'user_left'])
  })

  it('[PR3] stay when they come back within the grace period, and leave otherwise', async () => {
    const { presence, events } = scene()
    presence.join('r', 1, 'a')
    presence.leave('r', 1, 'a', 60_000)
    assert.equal(presence.members('r')[0]!.connections, 0)
    presence.join('r', 1, 'b')
    assert.deepEqual(events(), ['user_joined'])
    presence.leave('r', 1, 'b', 10)
    await eventually(() => assert.deepEqual(events(), ['user_joined', 'user_left']))
  })

  it('[PR5] lose a state with the connection that set it last, not with another one', () => {
    const { presence, changes } = scene()
    for (const connection of ['a', 'b']) presence.join('r', 1, connection)
    presence.setState('r', 1, 'a', { typing: true })
    presence.setState('r', 1, 'b', { typing: false })
    presence.leave('r', 1, 'a', 0)
    assert.deepEqual(presence.members('r')[0]!.state, { typing: false })
    presence.join('r', 1, 'c')
    presence.leave('r', 1, 'b', 0)
    assert.deepEqual(presence.members('r')[0]!.state, {})
    assert.deepEqual(changes.at(-1), { event: 'presence_changed', room: 'r', user_id: 1, state: {} })
  })

  it('[PR8] have no state in a room that they are not in', () => {
    const { presence, events } = scene()
    presence.join('r', 1, 'a')
    presence.setState('r', 2, 'b', { a: 1 })
    presence.setState('r', 1, 'other', { a: 1 })
    presence.setState('elsewhere', 1, 'a', { a: 1 })
    assert.deepEqual([events(), presence.members('r')[0]!.state], [['user_joined'], {}])
  })

  it('[PR9] are forgotten on closing, without a message', () => {
    const { presence, events } = scene()
    presence.join('r', 1, 'a')
    presence.leave('r', 1, 'a', 60_000)
    presence.close()
    assert.deepEqual([presence.members('r'), events()], [[], ['user_joined']])
  })
})
