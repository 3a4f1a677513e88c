import assert from 'node:assert/strict'
import fc from 'fast-check'
import { createPresence, type PresenceChange } from '../../server/features/rooms/index.ts'
import { createManualClock } from '../support/manual-clock.ts'

describe('the pace of presence messages', () => {
  const scene = () => {
    const { clock, pass } = createManualClock()
    const changes: PresenceChange[] = []
    const presence = createPresence(change => void changes.push(change), { clock })
    const take = () => changes.splice(0)
    /** Uses up the changes that may be sent at once, and leaves the person there. */
    const exhaust = (room = 'r') => {
      for (let nth = 0; nth < 10; nth++) {
        presence.join(room, 1, 'a')
        presence.leave(room, 1, 'a', 0)
      }
      presence.join(room, 1, 'a')
      pass(2_000)
      for (let nth = 0; nth < 10; nth++) presence.setState(room, 1, 'a', { nth })
      pass(100)
      take()
    }
    return { presence, pass, take, exhaust, events: () => take().map(({ event }) => event) }
  }

  it('[PR13] sends the first change at once, many at ten a second, and always the last one', () => {
    const { presence, pass, take } = scene()
    presence.join('r', 1, 'a')
    assert.equal(take().length, 1)
    for (let nth = 0; nth < 300; nth++) {
      presence.setState('r', 1, 'a', { nth })
      pass(10)
    }
    pass(1_000)
    const sent = take()
    assert.ok(sent.length >= 20 && sent.length <= 45, String(sent.length))
    assert.deepEqual(sent.at(-1), { event: 'presence_changed', room: 'r', user_id: 1, state: { nth: 299 } })
  })

  it('[PR13] sends thirty changes a second about one person in many rooms, and all in the end', () => {
    const { presence, pass, take } = scene()
    for (let nth = 0; nth < 100; nth++) presence.join(`r${nth}`, 1, 'a')
    assert.equal(take().length, 100)
    for (let round = 0; round < 20; round++)
      for (let nth = 0; nth < 100; nth++) presence.setState(`r${nth}`, 1, 'a', { round })
    const sent = take()
    pass(1_000)
    sent.push(...take())
    assert.ok(sent.length <= 135, String(sent.length))
    pass(10_000)
    sent.push(...take())
    for (let nth = 0; nth < 100; nth++) {
      const { state } = sent.findLast(({ room }) => room === `r${nth}`) as { state: object }
      assert.deepEqual(state, { round: 19 })
    }
    pass(10_000)
    assert.equal(take().length, 0)
  })

  it('[PR13] sends nothing about a person who comes and goes while nothing may be sent', () => {
    const { presence, pass, events, exhaust } = scene()
    exhaust()
    presence.leave('r', 1, 'a', 0)
    presence.join('r', 1, 'b')
    presence.leave('r', 1, 'b', 0)
    assert.deepEqual(events(), [])
    pass(1_000)
    assert.deepEqual(events(), ['user_left'])
    presence.join('r', 1, 'c')
    assert.deepEqual(events(), ['user_joined'])
  })

  it('[PR13] sends what people need who were shown the room meanwhile', () => {
    const { presence, pass, events, exhaust } = scene()
    exhaust()
    presence.leave('r', 1, 'a', 0)
    pass(1_000)
    events()
    // Five changes are sent at once; the last of these is a departure.
    presence.join('r', 1, 'a')
    presence.setState('r', 1, 'a', { a: 1 })
    presence.leave('r', 1, 'a', 0)
    presence.join('r', 1, 'a')
    presence.leave('r', 1, 'a', 0)
    assert.equal(events().at(-1), 'user_left')
    presence.join('r', 1, 'a')
    assert.equal(presence.list(['r'], 2).members['r']?.length, 1)
    presence.leave('r', 1, 'a', 0)
    pass(1_000)
    assert.deepEqual(events(), ['user_left'])
  })

  it('[PR13] sends changes of others at once meanwhile', () => {
    const { presence, take, exhaust } = scene()
    exhaust()
    presence.setState('r', 1, 'a', { busy: true })
    take()
    presence.join('r', 2, 'x')
    assert.deepEqual(take(), [{ event: 'user_joined', room: 'r', user_id: 2 }])
  })

  it('[PR13] leaves every follower with the true state in the end, whatever happens', () => {
    const step = fc.record({
      act: fc.constantFrom('join', 'leave', 'state', 'pass', 'look'),
      person: fc.integer({ min: 1, max: 2 }),
      connection: fc.constantFrom('a', 'b'),
      ms: fc.integer({ min: 1, max: 30 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), steps => {
        const { clock, pass } = createManualClock()
        /** The state of each follower: it was shown the room once, and receives all changes from then on. */
        const followers: Map<number, object>[] = [new Map()]
        const presence = createPresence(
          change => {
            for (const seen of followers) {
              if (change.event === 'user_left') seen.delete(change.user_id)
              else if (change.event === 'presence_changed') seen.set(change.user_id, change.state)
              else if (change.event === 'user_joined') seen.set(change.user_id, seen.get(change.user_id) ?? {})
            }
          },
          { clock },
        )
        const shown = () => new Map(presence.list(['r'], 0).members['r']?.map(({ user_id, state }) => [user_id, state]))
        for (const [nth, { act, person, connection, ms }] of steps.entries()) {
          const id = `${person}${connection}`
          if (act === 'join') presence.join('r', person, id)
          else if (act === 'leave') presence.leave('r', person, id, 0)
          else if (act === 'state') presence.setState('r', person, id, { nth })
          else if (act === 'look') followers.push(shown())
          else pass(ms)
        }
        pass(10_000)
        for (const seen of followers) assert.deepEqual(new Map([...seen].toSorted()), new Map([...shown()].toSorted()))
        presence.close()
      }),
      { numRuns: 300 },
    )
  })
})
