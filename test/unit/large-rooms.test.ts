import assert from 'node:assert/strict'
import { limits } from '../../contract/index.ts'
import { createPresence } from '../../server/features/rooms/index.ts'
import { bytesOf, heavyState, presenceScene } from '../suites/presence.ts'

describe('a large room', () => {
  it('[PR15] is one with more than 500 people, and stays one until it has fewer than 400', () => {
    const { pass, come, go, counts } = presenceScene()
    come(1, 500)
    pass(200)
    assert.deepEqual(new Set(counts()), new Set(['user_joined']))
    come(501, 501)
    go(1, 101)
    pass(2_000)
    assert.deepEqual(counts(), [400])
    go(102, 102)
    pass(10_000)
    assert.deepEqual(counts(), [399, 'presence_members'])
  })

  it('[PR15] has no messages about single people, and counts at most once a second', () => {
    const { presence, pass, come, go, counts } = presenceScene({ above: 10, below: 5 })
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
    const { pass, come, counts } = presenceScene()
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

  it('[PR15] takes turns with other large rooms, so that all together cost no more than one', () => {
    const { pass, come, take } = presenceScene({ above: 100, below: 50 })
    const rooms = Array.from({ length: 20 }, (_, nth) => `room ${nth}`)
    for (const room of rooms) come(1, 200, room)
    take()
    const told: string[] = []
    for (let tick = 0; tick < 80; tick++) {
      for (const room of rooms) come(201 + tick, 201 + tick, room)
      pass(100)
      const now = take().map(({ room }) => room)
      assert.ok(now.length <= 1, String(now))
      told.push(...now)
    }
    // 2,000 messages a second for 8 s, to 200 to 280 people in each room.
    assert.ok(told.length >= 60 && told.length <= 80, String(told.length))
    assert.deepEqual(
      told,
      told.map((_, nth) => rooms[nth % rooms.length]),
    )
  })

  it('[PR15] has no count while it stays the same', () => {
    const { pass, come, go, counts } = presenceScene({ above: 2, below: 2 })
    come(1, 3)
    pass(2_000)
    counts()
    come(4, 4)
    go(4, 4)
    pass(2_000)
    assert.deepEqual(counts(), [])
  })

  it('[PR16] lists a bounded number of its people, the viewer first and then people with a state', () => {
    const { presence, come } = presenceScene()
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
    const { presence, come } = presenceScene()
    const rooms = Array.from({ length: 6 }, (_, nth) => `room ${nth}`)
    for (const room of rooms) {
      come(1, 600, room)
      for (let id = 1; id <= 600; id++) presence.setState(room, id, `socket ${id}`, heavyState)
    }
    const { members } = presence.list(rooms, 500)
    assert.ok(bytesOf(members) <= 64 * 1024, String(bytesOf(members)))
    for (const room of rooms) {
      assert.deepEqual(members[room]![0], { user_id: 500, state: heavyState })
      assert.ok(members[room]!.length >= 6, String(members[room]!.length))
    }
  })

  it('[PR16] does not change the list of an ordinary room that is joined with it', () => {
    const { presence, come } = presenceScene()
    come(1, 600)
    come(1, 400, 'ordinary')
    const { members, member_counts } = presence.list(['r', 'ordinary'], 1)
    assert.deepEqual([members['r']!.length, members['ordinary']!.length], [limits.listedMembers, 400])
    assert.deepEqual(member_counts, { r: 600, ordinary: 400 })
  })

  it('[PR16] never lists everybody, so that nobody takes it for an ordinary room', () => {
    const { presence, come, go } = presenceScene()
    come(1, 501)
    go(4, 501)
    assert.deepEqual(presence.list(['r'], 3).members['r'], [
      { user_id: 3, state: {} },
      { user_id: 1, state: {} },
    ])
  })

  it('[PR18] pages its people by id: whoever stays is there exactly once, whoever comes and goes', () => {
    const { presence, come, go } = presenceScene()
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
    const { presence, come } = presenceScene()
    come(1, 500)
    for (let id = 1; id <= 500; id++) presence.setState('r', id, `socket ${id}`, heavyState)
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
