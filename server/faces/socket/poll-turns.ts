import type { IncomingMessage, ServerResponse } from 'node:http'
import { dropLine } from './backpressure.ts'
import type { Intake } from './intake.ts'
import type { Line } from './lines.ts'

/** A body that has not come by then, and an answer that has not been taken by then, is given up. */
const patienceMs = 10_000
/** So long may the last answer of a line that has closed still be on its way: it may say why. */
const farewellMs = 5_000

interface Turns {
  /** The answer to the last GET, which may not have been taken yet. */
  answer: ServerResponse | null
  waiting: Set<'GET' | 'POST'>
}

/**
 * The requests of a session that polls. Engine.IO takes an answer for sent when it has been handed to Node; so the next
 * request waits until the answer before it was taken, and one that brings something waits while the line is held. One of
 * each kind may wait.
 */
export function createPollTurns(intake: Intake) {
  const lines = new WeakMap<Line, Turns>()

  async function ready(line: Line, { answer }: Turns, req: IncomingMessage) {
    if (answer && !answer.writableFinished && !answer.destroyed && answer.writableEnded) await taken(answer)
    if (req.method === 'POST') await intake.released(line)
  }

  function begin(line: Line): Turns {
    const turns: Turns = { answer: null, waiting: new Set() }
    lines.set(line, turns)
    line.once('close', () => setTimeout(() => turns.answer?.destroy(), farewellMs).unref())
    return turns
  }

  return {
    /** Calls `next` in the request's turn, or `refuse` when one of its kind waits already; then the line is closed. */
    wait: (line: Line, req: IncomingMessage, res: ServerResponse, next: () => void, refuse: () => void): void => {
      const turns = lines.get(line) ?? begin(line)
      const kind = req.method === 'POST' ? 'POST' : 'GET'
      if (turns.waiting.has(kind)) {
        dropLine(line)
        return refuse()
      }
      turns.waiting.add(kind)
      void ready(line, turns, req).then(() => {
        turns.waiting.delete(kind)
        if (res.destroyed) return
        if (kind === 'GET') expectTaken(line, (turns.answer = res))
        else limitBody(req)
        next()
      })
    },
  }
}

/** What was in an answer that has not been taken is lost, and Engine.IO does not know: its client must not go on after it. */
const expectTaken = (line: Line, answer: ServerResponse) =>
  answer.once('close', () => answer.writableFinished || dropLine(line))

/** Resolves when an answer has been taken; one that is not is given up with its connection. */
function taken(answer: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(() => answer.destroy(), patienceMs)
  answer.once('finish', resolve)
  answer.once('close', resolve)
  return promise.finally(() => clearTimeout(timer))
}

function limitBody(req: IncomingMessage) {
  const timer = setTimeout(() => req.destroy(), patienceMs)
  for (const end of ['end', 'close']) req.once(end, () => clearTimeout(timer))
}
