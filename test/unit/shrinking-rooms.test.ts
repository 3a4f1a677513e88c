import assert from 'node:assert/strict'
import fc from 'fast-check'
import { createPresence, type PresenceChange } from '../../server/features/rooms/index.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { bytesOf, heavyState, presenceScene } from '../suites/presence.ts'

describe('a large room that people leave', () => {
  it('[PR17] sends everybody to its people once it is ordinary again, and then single changes', () => {
    const { presence, pass, come, go, take } = presenceScene({ above: 3, below: 3, stayMs: 0 })
    come(1, 4)
    presence.setState('r', 1, 'socket 1', { a: 1 })
    pass(2_000)
    take()
    go(4, 4)
    go(3, 3)
    pass(200)
    come(5, 5)
    assert.deepEqual(take(), [
      {
        event: 'presence_members',
        room: 'r',
        members: [
          { user_id: 1, state: { a: 1 } },
          { user_id: 2, state: {} },
        ],
      },
      { event: 'user_joined', room: 'r', user_id: 5 },
    ])
  })

  it('[PR17] stays large for ten seconds, however often people leave and come back', () => {
    const { pass, come, go, counts } = presenceScene()
    come(1, 501)
    counts()
    for (let second = 0; second < 60; second++) {
      go(300, 501)
      pass(500)
      come(300, 501)
      pass(500)
    }
    const lists = counts().filter(what => what === 'presence_members').length
    assert.ok(lists >= 1 && lists <= 6, String(lists))
  })

  it('[PR17] stays large while the list of everybody would be large, and tells how many there are', () => {
    const { presence, pass, come, go, take, counts } = presenceScene()
    come(1, 501)
    for (let id = 1; id <= 80; id++) presence.setState('r', id, `socket ${id}`, heavyState)
    pass(20_000)
    go(101, 501)
    counts()
    pass(20_000)
    assert.deepEqual(counts(), [100])
    for (let id = 1; id <= 40; id++) presence.setState('r', id, `socket ${id}`, {})
    pass(2_000)
    const [last, ...others] = take()
    assert.ok(last?.event === 'presence_members' && others.length === 0)
    assert.equal(last.members.length, 100)
    assert.ok(bytesOf(last.members) <= 64 * 1024, String(bytesOf(last.members)))
  })

  it('[PR17] waits with large lists until those of other rooms are paid', () => {
    const { presence, pass, come, go, take } = presenceScene({ above: 50, below: 50, stayMs: 0 })
    const rooms = Array.from({ length: 5 }, (_, nth) => `room ${nth}`)
    for (const room of rooms) {
      come(1, 51, room)
      for (let id = 1; id <= 45; id++) presence.setState(room, id, `socket ${id}`, heavyState)
    }
    pass(5_000)
    for (const room of rooms) go(50, 51, room)
    take()
    // A list of 45 KiB is 23 messages to each of 49 people, so a second has about two.
    pass(1_000)
    const soon = take().length
    assert.ok(soon >= 1 && soon <= 3, String(soon))
    pass(3_000)
    assert.equal(soon + take().length, rooms.length)
  })

  it('[PR17] leaves every follower with the true people or their true number in the end, whatever happens', () => {
    const step = fc.record({
      act: fc.constantFrom('join', 'leave', 'state', 'pass', 'look'),
      person: fc.integer({ min: 1, max: 5 }),
      ms: fc.integer({ min: 1, max: 300 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), steps => {
        const { clock, pass } = createManualClock()
        interface Follower {
          count: number
          people: Map<number, object> | null
        }
        const followers: Follower[] = [{ count: 0, people: new Map() }]
        const peopleIn = (list: { user_id: number; state: object }[]) =>
          new Map(list.map(({ user_id, state }) => [user_id, state]))
        const hear = (one: Follower, change: PresenceChange) => {
          if (change.event === 'presence_count') Object.assign(one, { count: change.count, people: null })
          else if (change.event === 'presence_members') one.people = peopleIn(change.members)
          else if (change.event === 'user_left') one.people?.delete(change.user_id)
          else if (change.event === 'user_joined') one.people?.set(change.user_id, one.people.get(change.user_id) ?? {})
          else one.people?.set(change.user_id, change.state)
          if (one.people) one.count = one.people.size
        }
        const sizes = { above: 2, below: 2, stayMs: 700 }
        const presence = createPresence(change => followers.forEach(one => hear(one, change)), { clock, sizes })
        for (const [nth, { act, person, ms }] of steps.entries()) {
          const id = `socket ${person}`
          if (act === 'join') presence.join('r', person, id)
          else if (act === 'leave') presence.leave('r', person, id, 0)
          else if (act === 'state') presence.setState('r', person, id, { nth })
          else if (act === 'look') {
            const { members, member_counts } = presence.list(['r'], 0)
            const [list, count] = [members['r']!, member_counts['r']!]
            followers.push({ count, people: list.length === count ? peopleIn(list) : null })
          } else pass(ms)
        }
        pass(10_000)
        const truth = new Map(presence.members('r').map(({ user_id, state }) => [user_id, state]))
        for (const { count, people } of followers) {
          assert.equal(count, truth.size)
          if (people) assert.deepEqual(new Map([...people].toSorted()), new Map([...truth].toSorted()))
        }
        presence.close()
      }),
      { numRuns: 300 },
    )
  })
})
