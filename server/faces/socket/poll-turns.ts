import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBudgets } from '../../kernel/budgets.ts'
import { dropLine, keepAlive, takeAnswer, unreadBytes } from './backpressure.ts'
import type { Intake } from './intake.ts'
import type { Line } from './lines.ts'
import { watchBody } from './poll-bodies.ts'
import { answerInPortions } from './poll-portions.ts'
import { createSharedPayloads } from './shared-payloads.ts'

/** So long may the last answer of a line that has closed still be on its way: it may say why. */
const farewellMs = 5_000
/** Bytes that one person's sessions have been answered and have not taken: beyond that the next answers wait. */
const mostUnreadBytes = 8 * 1024 * 1024
const lookMs = 100
/** Bytes of large answers that one person's sessions are given: each session has its own copy of what all are told. */
const answering = { perSecond: 8 * 1024 * 1024, atOnce: 8 * 1024 * 1024, mostDebtMs: 1_000 }

interface Turns {
  /** The answer to the last GET, which may not have been taken yet. */
  answer: ServerResponse | null
  waiting: Set<'GET' | 'POST'>
  personId: number | null
}

export interface PollTurnsDeps {
  intake: Intake
  /** Called with the bytes of bodies as they come. */
  owe: (line: Line, bytes: number) => void
}

/**
 * The requests of a session that polls. Engine.IO takes an answer for sent when it has been handed to Node; so the next
 * GET waits until the answer before it was taken, and while one person's sessions have taken too little of theirs or have
 * been given too much in a short time. A request that brings something waits while the line is held. One of each kind may
 * wait.
 */
export function createPollTurns({ intake, owe }: PollTurnsDeps) {
  const lines = new WeakMap<Line, Turns>()
  /** Answers that have not been taken, by person. */
  const unread = new Map<number, Set<ServerResponse>>()
  const payloads = createSharedPayloads()
  const budgets = createBudgets<number>(answering)

  const unreadOf = (personId: number | null) =>
    personId === null ? 0 : [...(unread.get(personId) ?? [])].reduce((sum, answer) => sum + unreadBytes(answer), 0)

  const isOverdrawn = ({ personId }: Turns) => personId !== null && budgets.debtMs(personId) > 0

  const hasEnough = (turns: Turns) => unreadOf(turns.personId) > mostUnreadBytes || isOverdrawn(turns)

  async function mayAnswer(line: Line, turns: Turns, res: ServerResponse) {
    const { answer } = turns
    if (answer && answer.writableEnded && !isOver(answer)) await over(answer)
    while (hasEnough(turns) && line.readyState === 'open' && !res.destroyed) {
      // It is not its fault that no ping reaches it.
      keepAlive(line)
      await sleep(lookMs, undefined, { ref: false })
    }
  }

  function begin(line: Line): Turns {
    const turns: Turns = { answer: null, waiting: new Set(), personId: null }
    lines.set(line, turns)
    answerInPortions(line, {
      mayAnswer: () => !isOverdrawn(turns),
      count: bytes => void (turns.personId !== null && budgets.owe(turns.personId, bytes)),
    })
    payloads.encodeFor(line)
    line.once('close', () => setTimeout(() => turns.answer?.destroy(), farewellMs).unref())
    return turns
  }

  /** What was in an answer that has not been taken is lost, and Engine.IO does not know: nobody must go on after it. */
  function expectTaken(line: Line, { personId }: Turns, answer: ServerResponse) {
    takeAnswer(line, answer)
    payloads.sendBy(answer)
    const others = unread.get(personId ?? 0) ?? new Set()
    if (personId !== null) unread.set(personId, others.add(answer))
    answer.once('close', () => {
      if (!answer.writableFinished) dropLine(line)
      if (others.delete(answer) && others.size === 0) unread.delete(personId!)
    })
  }

  return {
    /** The line is this person's from now on. */
    belongsTo: (line: Line, personId: number): void => {
      const turns = lines.get(line)
      if (turns) turns.personId = personId
    },
    /** Calls `next` in the request's turn, or `refuse` when one of its kind waits already; then the line is closed. */
    wait: (line: Line, req: IncomingMessage, res: ServerResponse, next: () => void, refuse: () => void): void => {
      const turns = lines.get(line) ?? begin(line)
      const kind = req.method === 'POST' ? 'POST' : 'GET'
      if (turns.waiting.has(kind)) {
        dropLine(line)
        return refuse()
      }
      turns.waiting.add(kind)
      void Promise.resolve(kind === 'GET' ? mayAnswer(line, turns, res) : intake.released(line)).then(() => {
        turns.waiting.delete(kind)
        if (res.destroyed) return
        if (kind === 'GET') expectTaken(line, turns, (turns.answer = res))
        else
          watchBody(
            req,
            bytes => owe(line, bytes),
            () => dropLine(line),
          )
        next()
      })
    },
  }
}

const isOver = (answer: ServerResponse) => answer.writableFinished || answer.destroyed

/** Resolves when an answer has been taken, or given up by who watches how fast it is read. */
function over(answer: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  answer.once('close', resolve)
  return promise
}
