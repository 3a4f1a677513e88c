import assert from 'node:assert/strict'
import { emptyStream, joined, received, resumeFrom, type StreamState } from '../../sdk/index.ts'

const live = (position: number): StreamState => ({ epoch: 'a', position, replay: null })
const answer = { epoch: 'a', offset: 20, recovered: true, missed: 0 }

/** Which of these offsets get through, one after the other. */
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
  it('[SDK1] an event at or before the position is dropped', () => {
    assert.deepEqual(delivered(live(7), [6, 7, 8, 8, 9, 5]).passed, [8, 9])
  })

  it('[SDK1] before the first join nothing counts: what comes then comes again with the replay', () => {
    assert.deepEqual(delivered(emptyStream, [3]), { state: emptyStream, passed: [] })
  })

  it('[SDK2] a join without a position goes on from where the server stands', () => {
    assert.deepEqual(joined(answer, undefined), { state: live(20), reset: false })
  })

  it('[SDK2] the first join has nothing to resume from', () => {
    assert.deepEqual(resumeFrom(emptyStream), {})
    assert.deepEqual(resumeFrom(live(9)), { since: 9, epoch: 'a' })
  })

  it('[SDK2] what was missed is delivered though it lies before the answer’s offset', () => {
    const { state } = joined({ ...answer, missed: 2 }, 10)

    const after = delivered(state, [12, 15, 21])

    assert.deepEqual(after, { state: live(21), passed: [12, 15, 21] })
  })

  it('[SDK2] the end of a replay stands for the answer’s offset', () => {
    const { state } = joined({ ...answer, missed: 2 }, 10)

    assert.deepEqual(delivered(state, [12, 15]).state, live(20))
  })

  it('[SDK2] a replay of another room sends the position back, for that block only', () => {
    const { state } = joined({ ...answer, offset: 30, missed: 1 }, 10)

    assert.deepEqual(delivered(state, [11, 11, 30, 31]).passed, [11, 31])
  })

  it('[SDK2] a line that breaks in the middle of a replay resumes from the middle', () => {
    const { state } = joined({ ...answer, missed: 3 }, 10)

    assert.deepEqual(resumeFrom(delivered(state, [12, 13]).state), { since: 13, epoch: 'a' })
  })

  it('[SDK2] a bulk message stands for as many events as it carries', () => {
    const { state } = joined({ ...answer, missed: 5 }, 10)

    assert.deepEqual(received(state, 15, 5).state, live(20))
  })

  it('[SDK3] a gap that the log cannot fill asks for a reset and goes on live', () => {
    assert.deepEqual(joined({ ...answer, epoch: 'b', recovered: false }, 10), {
      state: { epoch: 'b', position: 20, replay: null },
      reset: true,
    })
  })
})
