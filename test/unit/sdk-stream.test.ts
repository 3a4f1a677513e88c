import assert from 'node:assert/strict'
import { emptyStream, joined, received, resumeFrom, type StreamState } from '../../sdk/index.ts'

const live = (position: number): StreamState => ({ epoch: 'a', position, replay: null })
const answer = { epoch: 'a', offset: 20, recovered: true, missed: 0 }

/** The offsets that get through, one after the other. */
function delivered(state: StreamState, offsets: number[]): { state: StreamState; passed: number[] } {
  const passed: number[] = []
  for (const offset of offsets) {
    const step = received(state, offset)
    state = step.state
    if (step.deliver) passed.push(offset)
  }
  return { state, passed }
}

describe('sdk: the stream', () => {
  it('[SDK1] drops an event at or before the position', () => {
    assert.deepEqual(delivered(live(7), [6, 7, 8, 8, 9, 5]).passed, [8, 9])
  })

  it('[SDK1] counts nothing before the first join: the replay brings it again', () => {
    assert.deepEqual(delivered(emptyStream, [3]), { state: emptyStream, passed: [] })
  })

  it('[SDK2] continues after a join without a position where the server stands', () => {
    assert.deepEqual(joined(answer, undefined), { state: live(20), reset: false })
  })

  it('[SDK2] has nothing to resume from at the first join', () => {
    assert.deepEqual(resumeFrom(emptyStream), {})
    assert.deepEqual(resumeFrom(live(9)), { since: 9, epoch: 'a' })
  })

  it('[SDK2] delivers missed events although they precede the answer’s offset', () => {
    const { state } = joined({ ...answer, missed: 2 }, 10)

    const after = delivered(state, [12, 15, 21])

    assert.deepEqual(after, { state: live(21), passed: [12, 15, 21] })
  })

  it('[SDK2] moves to the answer’s offset at the end of a replay', () => {
    const { state } = joined({ ...answer, missed: 2 }, 10)

    assert.deepEqual(delivered(state, [12, 15]).state, live(20))
  })

  it('[SDK2] moves back for the replay of another room, for that block only', () => {
    const { state } = joined({ ...answer, offset: 30, missed: 1 }, 10)

    assert.deepEqual(delivered(state, [11, 11, 30, 31]).passed, [11, 31])
  })

  it('[SDK2] resumes from the middle when the connection breaks in the middle of a replay', () => {
    const { state } = joined({ ...answer, missed: 3 }, 10)

    assert.deepEqual(resumeFrom(delivered(state, [12, 13]).state), { since: 13, epoch: 'a' })
  })

  it('[SDK2] counts a bulk message as the number of its events', () => {
    const { state } = joined({ ...answer, missed: 5 }, 10)

    assert.deepEqual(received(state, 15, 5).state, live(20))
  })

  it('[SDK3] asks for a reset at a gap that the log cannot fill, and continues live', () => {
    assert.deepEqual(joined({ ...answer, epoch: 'b', recovered: false }, 10), {
      state: { epoch: 'b', position: 20, replay: null },
      reset: true,
    })
  })
})
