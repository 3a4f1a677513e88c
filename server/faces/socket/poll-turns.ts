import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBudgets } from '../../kernel/budgets.ts'
import { dropConnection, keepAlive, takeAnswer, unreadBytes } from './backpressure.ts'
import type { Intake } from './intake.ts'
import type { ClientConnection } from './connections.ts'
import { watchBody } from './poll-bodies.ts'
import { answerInPortions } from './poll-portions.ts'
import { createSharedPayloads } from './shared-payloads.ts'

/** How long the last answer of a closed connection may still be on its way; it may contain the reason. */
const farewellMs = 5_000
/** When the unread answers of one person's sessions exceed this, their next answers wait. */
const mostUnreadBytes = 8 * 1024 * 1024
const checkMs = 100
/** The budget of large answers to one person's sessions, in bytes: each session gets its own copy of every event. */
const answering = { perSecond: 4 * 1024 * 1024, atOnce: 4 * 1024 * 1024, mostDebtMs: 1_000 }

interface Turns {
  /** The answer to the last GET, which the client may not have taken yet. */
  answer: ServerResponse | null
  waiting: Set<'GET' | 'POST'>
  personId: number | null
}

export interface PollTurnsDeps {
  intake: Intake
  /** Called with the bytes of bodies as they arrive. */
  owe: (connection: ClientConnection, bytes: number) => void
}

/**
 * Orders the requests of a polling session. Engine.IO considers an answer as sent when Node has it. So the next GET
 * waits until the client has taken the answer before, while one person's sessions have too many unread bytes, and while
 * they have used up their budget of large answers. A POST waits while the connection is held. One request of each kind
 * may wait.
 */
export function createPollTurns({ intake, owe }: PollTurnsDeps) {
  const connections = new WeakMap<ClientConnection, Turns>()
  /** Answers that have not been taken, by person. */
  const unread = new Map<number, Set<ServerResponse>>()
  const payloads = createSharedPayloads()
  const budgets = createBudgets<number>(answering)

  const unreadOf = (personId: number | null) =>
    personId === null ? 0 : [...(unread.get(personId) ?? [])].reduce((sum, answer) => sum + unreadBytes(answer), 0)

  const isOverdrawn = ({ personId }: Turns) => personId !== null && budgets.debtMs(personId) > 0

  const hasEnough = (turns: Turns) => unreadOf(turns.personId) > mostUnreadBytes || isOverdrawn(turns)

  async function mayAnswer(connection: ClientConnection, turns: Turns, res: ServerResponse) {
    const { answer } = turns
    if (answer && answer.writableEnded && !isOver(answer)) await over(answer)
    while (hasEnough(turns) && connection.readyState === 'open' && !res.destroyed) {
      // The client cannot be blamed that no ping reaches it.
      keepAlive(connection)
      await sleep(checkMs, undefined, { ref: false })
    }
  }

  function begin(connection: ClientConnection): Turns {
    const turns: Turns = { answer: null, waiting: new Set(), personId: null }
    connections.set(connection, turns)
    answerInPortions(connection, {
      mayAnswer: () => !isOverdrawn(turns),
      count: bytes => void (turns.personId !== null && budgets.owe(turns.personId, bytes)),
    })
    payloads.encodeFor(connection)
    connection.once('close', () => setTimeout(() => turns.answer?.destroy(), farewellMs).unref())
    return turns
  }

  /**
   * The content of an answer that was not taken is lost, and Engine.IO does not notice. So the session must not
   * continue.
   */
  function expectTaken(connection: ClientConnection, { personId }: Turns, answer: ServerResponse) {
    takeAnswer(connection, answer)
    payloads.sendBy(answer)
    const others = unread.get(personId ?? 0) ?? new Set()
    if (personId !== null) unread.set(personId, others.add(answer))
    answer.once('close', () => {
      if (!answer.writableFinished) dropConnection(connection)
      if (others.delete(answer) && others.size === 0) unread.delete(personId!)
    })
  }

  return {
    /** The connection belongs to this person from now on. */
    belongsTo: (connection: ClientConnection, personId: number): void => {
      const turns = connections.get(connection)
      if (turns) turns.personId = personId
    },
    /**
     * Calls `next` when it is the request's turn, or `refuse` when a request of its kind waits already; then the
     * connection is closed.
     */
    wait: (
      connection: ClientConnection,
      req: IncomingMessage,
      res: ServerResponse,
      next: () => void,
      refuse: () => void,
    ): void => {
      const turns = connections.get(connection) ?? begin(connection)
      const kind = req.method === 'POST' ? 'POST' : 'GET'
      if (turns.waiting.has(kind)) {
        dropConnection(connection)
        return refuse()
      }
      turns.waiting.add(kind)
      void Promise.resolve(kind === 'GET' ? mayAnswer(connection, turns, res) : intake.released(connection)).then(
        () => {
          turns.waiting.delete(kind)
          if (res.destroyed) return
          if (kind === 'GET') expectTaken(connection, turns, (turns.answer = res))
          else
            watchBody(
              req,
              bytes => owe(connection, bytes),
              () => dropConnection(connection),
            )
          next()
        },
      )
    },
  }
}

const isOver = (answer: ServerResponse) => answer.writableFinished || answer.destroyed

/** Resolves when an answer has been taken, or was dropped because it was read too slowly. */
function over(answer: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  answer.once('close', resolve)
  return promise
}
