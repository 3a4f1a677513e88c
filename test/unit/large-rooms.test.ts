import assert from 'node:assert/strict'
import fc from 'fast-check'
import { limits } from '../../contract/index.ts'
import { createPresence, type PresenceChange, type RoomSizes } from '../../server/features/rooms/index.ts'
import { createManualClock } from '../support/manual-clock.ts'

describe('a large room', () => {
  const scene = (sizes?: RoomSizes) => {
    const { clock, pass } = createManualClock()
    const changes: PresenceChange[] = []
    const presence = createPresence(change => void changes.push(change), { clock, sizes })
    const come = (from: number, to: number, room = 'r') => {
      for (let id = from; id <= to; id++) presence.join(room, id, `socket ${id}`)
    }
    const go = (from: number, to: number, room = 'r') => {
      for (let id = from; id <= to; id++) presence.leave(room, id, `socket ${id}`, 0)
    }
    const counts = () => changes.splice(0).map(change => ('count' in change ? change.count : change.event))
    return { presence, pass, come, go, counts, take: () => changes.splice(0) }
  }
  const heavy = { text: 'x'.repeat(limits.presenceStateBytes - 11) }
  const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

  it('[PR15] is one with more than 500 people, and stays one until it has fewer than 400', () => {
    const { pass, come, go, counts } = scene()
    come(1, 500)
    pass(200)
    assert.deepEqual(new Set(counts()), new Set(['user_joined']))
    come(501, 501)
    go(1, 101)
    pass(2_000)
    assert.deepEqual(counts(), [400])
    go(102, 102)
    pass(2_000)
    assert.deepEqual(counts(), ['presence_members'])
  })

  it('[PR15] has no messages about single people, and counts at most once a second', () => {
    const { presence, pass, come, go, counts } = scene({ above: 10, below: 5 })
    come(1, 11)
    pass(200)
    assert.deepEqual(counts().slice(10), [11])
    for (let round = 0; round < 30; round++) {
      come(12 + round, 12 + round)
      presence.setState('r', 1, 'socket 1', { round })
      if (round % 3 === 0) go(12 + round, 12 + round)
      pass(100)
    }
    pass(3_000)
    const sent = counts()
    assert.ok(sent.length >= 2 && sent.length <= 4, String(sent))
    assert.equal(sent.at(-1), 31)
    assert.ok(sent.every(count => typeof count === 'number'))
  })

  it('[PR15] has fewer counts the more people it has, so that a second costs no more', () => {
    const { pass, come, counts } = scene()
    come(1, 10_000)
    pass(200)
    counts()
    for (let id = 10_001; id <= 10_200; id++) {
      come(id, id)
      pass(100)
    }
    const sent = counts().length
    assert.ok(sent >= 2 && sent <= 5, String(sent))
  })

  it('[PR15] has no count while it stays the same', () => {
    const { pass, come, go, counts } = scene({ above: 2, below: 2 })
    come(1, 3)
    pass(2_000)
    counts()
    come(4, 4)
    go(4, 4)
    pass(2_000)
    assert.deepEqual(counts(), [])
  })

  it('[PR16] lists a bounded number of its people, the viewer first and then people with a state', () => {
    const { presence, come } = scene()
    come(1, 10_000)
    presence.setState('r', 7_000, 'socket 7000', { editing: 1 })
    presence.setState('r', 8_000, 'socket 8000', { editing: 2 })
    presence.setState('r', 8_000, 'socket 8000', {})
    const { members, member_counts } = presence.list(['r'], 9_000)
    assert.deepEqual(members['r']!.slice(0, 3), [
      { user_id: 9_000, state: {} },
      { user_id: 7_000, state: { editing: 1 } },
      { user_id: 1, state: {} },
    ])
    assert.equal(members['r']!.length, limits.listedMembers)
    assert.deepEqual(member_counts, { r: 10_000 })
  })

  it('[PR16] lists people of all large rooms in a bounded number of bytes, however large their states are', () => {
    const { presence, come } = scene()
    const rooms = Array.from({ length: 6 }, (_, nth) => `room ${nth}`)
    for (const room of rooms) {
      come(1, 600, room)
      for (let id = 1; id <= 600; id++) presence.setState(room, id, `socket ${id}`, heavy)
    }
    const { members } = presence.list(rooms, 500)
    assert.ok(bytesOf(members) <= 64 * 1024, String(bytesOf(members)))
    for (const room of rooms) {
      assert.deepEqual(members[room]![0], { user_id: 500, state: heavy })
      assert.ok(members[room]!.length >= 6, String(members[room]!.length))
    }
  })

  it('[PR16] does not change the list of an ordinary room that is joined with it', () => {
    const { presence, come } = scene()
    come(1, 600)
    come(1, 400, 'ordinary')
    const { members, member_counts } = presence.list(['r', 'ordinary'], 1)
    assert.deepEqual([members['r']!.length, members['ordinary']!.length], [limits.listedMembers, 400])
    assert.deepEqual(member_counts, { r: 600, ordinary: 400 })
  })

  it('[PR17] sends everybody to its people once it is ordinary again, and then single changes', () => {
    const { presence, pass, come, go, take } = scene({ above: 3, below: 3 })
    come(1, 4)
    presence.setState('r', 1, 'socket 1', { a: 1 })
    pass(2_000)
    take()
    go(4, 4)
    go(3, 3)
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
        const sizes = { above: 2, below: 2 }
        const presence = createPresence(change => followers.forEach(one => hear(one, change)), { clock, sizes })
        for (const [nth, { act, person, ms }] of steps.entries()) {
          const id = `socket ${person}`
          if (act === 'join') presence.join('r', person, id)
          else if (act === 'leave') presence.leave('r', person, id, 0)
          else if (act === 'state') presence.setState('r', person, id, { nth })
          else if (act === 'look') {
            const { members, member_counts } = presence.list(['r'], 0)
            followers.push({ count: member_counts['r']!, people: followers[0]!.people && peopleIn(members['r']!) })
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

  it('[PR18] pages its people by id: whoever stays is there exactly once, whoever comes and goes', () => {
    const { presence, come, go } = scene()
    come(1, 1_000)
    const seen: number[] = []
    for (let after: number | null = 0, nth = 0; after !== null; nth++) {
      const { results, last } = presence.page('r', after, 70)
      seen.push(...results.map(({ user_id }) => user_id))
      assert.ok(results.length <= 70)
      go(1 + 10 * nth, 5 + 10 * nth)
      come(2_000 + nth, 2_001 + nth)
      after = last
    }
    assert.equal(new Set(seen).size, seen.length)
    for (let id = 200; id <= 1_000; id++) assert.ok(seen.includes(id), String(id))
  })

  it('[PR18] ends a page when its bytes are enough', () => {
    const { presence, come } = scene()
    come(1, 500)
    for (let id = 1; id <= 500; id++) presence.setState('r', id, `socket ${id}`, heavy)
    const { results, last } = presence.page('r', 0, 500)
    assert.ok(bytesOf(results) <= 256 * 1024 && results.length > 200, String(bytesOf(results)))
    assert.equal(presence.page('r', last!, 500).results[0]!.user_id, results.length + 1)
  })

  it('[PR15] stops with its instance', () => {
    let waiting = 0
    const clock = { now: () => 0, every: () => (waiting++, () => void waiting--) }
    const presence = createPresence(() => {}, { clock, sizes: { above: 1, below: 1 } })
    presence.join('r', 1, 'a')
    presence.join('r', 2, 'b')
    assert.equal(waiting, 1)
    presence.close()
    assert.equal(waiting, 0)
  })
})
