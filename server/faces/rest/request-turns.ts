import type { ServerResponse } from 'node:http'
import type { Context } from 'koa'
import type { Operation } from '../../../contract/index.ts'
import { type BudgetBounds, createBudgets } from '../../kernel/budgets.ts'
import { createTurns, type Key, type TurnBounds, type Turns } from '../../kernel/turns.ts'
import { sizeOf } from './answer-size.ts'

export interface RequestBounds {
  /** Requests of people who are signed in, by person: from the arrival of the body until the answer is made. */
  people: TurnBounds
  /**
   * The same requests from their heads until their answers have been read. The limit is per person, so that nobody
   * waits for others.
   */
  unread: TurnBounds
  /**
   * Work of people that may wait for servers of others, until it ends, even when the client has gone before. It takes
   * no place of `people`, so that a server that is silent holds up no other request.
   */
  callsOut: TurnBounds
  /** Requests without authentication, by address. */
  strangers: TurnBounds
  /** Downloads of files, which take long. */
  files: TurnBounds
  /** Downloads of the page's files, by address. */
  pageFiles: TurnBounds
  /** The bytes of large answers to one person while others have work too; the places of those beyond it rest. */
  largeAnswers: BudgetBounds
}

/** The bounds that are turns: all but a budget. */
type TurnName = Exclude<keyof RequestBounds, 'largeAnswers'>

/** Fewer than the connections to the database, because one person's requests may all wait for one another's locks. */
const atWork = { running: 12, perKey: 4, alone: 6, waiting: 2_000, waitingPerKey: 16 }
/** A person or an address that downloads many files leaves places for others. */
const files = { running: 512, perKey: 16, waiting: 2_000, waitingPerKey: 500 }

export const defaultRequestBounds: RequestBounds = {
  people: atWork,
  unread: { running: Infinity, perKey: atWork.waitingPerKey, waiting: 5_000, waitingPerKey: 250 },
  callsOut: { running: 8, perKey: 1, waiting: 200, waitingPerKey: 16 },
  strangers: { running: 16, perKey: 4, waiting: 1_000, waitingPerKey: 250 },
  files,
  pageFiles: { ...files, perKey: 64 },
  largeAnswers: { perSecond: 2 * 1024 * 1024, atOnce: 4 * 1024 * 1024, mostDebtMs: 4_000 },
}

/** Requests that occupy the database or the event loop like several small ones. */
const expensive = { pageSize: 50, bodyBytes: 64 * 1024, answerBytes: 256 * 1024, places: 3, placesOfBulk: 2 }

/** The number of places that a request of a person takes. */
export function placesOf({ path }: Operation, { query, headers }: Context): number {
  // Without a length the size is unknown.
  const largeBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > expensive.bodyBytes
  if (path === '/events' || Number(query['page_size']) > expensive.pageSize || largeBody) return expensive.places
  return /\/(bulk|batch)/.test(path) ? expensive.placesOfBulk : 1
}

/** The size of an answer is known only when the answer is made. */
const isLarge = (res: ServerResponse) => sizeOf(res) > expensive.answerBytes

/**
 * How long a place stays occupied, as a multiple of the work's duration: after expensive work of a person, and after
 * all work of clients that are not signed in.
 */
const restFactor = { people: 2, strangers: 4 }
const mostRestMs = 1_000

export interface RequestTurns {
  /**
   * Waits for the turn of a request; the turn ends with the response.
   *
   * @returns false when the client has disconnected meanwhile, so the work would be for nobody
   * @throws AppError `rate_limited`, `unavailable`
   */
  hold(of: TurnName, key: Key, res: ServerResponse, places?: number): Promise<boolean>
  /** Runs a part of a request in a turn of its own. @throws what `hold` and `work` throw */
  run<T>(of: TurnName, key: Key, work: () => Promise<T>): Promise<T>
}

export function createRequestTurns({ largeAnswers, ...bounds }: RequestBounds = defaultRequestBounds): RequestTurns {
  const turns = Object.fromEntries(
    Object.entries(bounds).map(([name, one]: [string, TurnBounds]) => [name, createTurns(one)]),
  ) as Record<TurnName, Turns>
  const answered = createBudgets<Key>(largeAnswers)

  /**
   * How long a place stays occupied after work of `ms`. While others have work too, expensive work of one person takes
   * a third of the time at most, and large answers come out of the person's budget: making a single one of several
   * megabytes delays everybody by its collection of garbage. Work of clients that are not signed in takes a fifth.
   */
  function restOf(of: TurnName, key: Key, places: number, res: ServerResponse, ms: number): number {
    if (of === 'strangers') return Math.min(restFactor.strangers * ms, mostRestMs)
    if (of !== 'people' || !(places > 1 || isLarge(res)) || !turns.people.isShared()) return 0
    const owedMs = isLarge(res) ? answered.owe(key, sizeOf(res)) : 0
    return Math.max(owedMs, Math.min(restFactor.people * ms, mostRestMs))
  }

  function keep(res: ServerResponse, until: 'prefinish' | 'close', giveBack: () => void) {
    if (res.closed) return giveBack()
    res.once(until, giveBack)
    if (until !== 'close') res.once('close', giveBack)
  }

  async function hold(of: TurnName, key: Key, res: ServerResponse, places = 1): Promise<boolean> {
    const giveBack = await turns[of].take(key, places)
    const began = performance.now()
    let ended = false
    const end = () => {
      if (ended) return
      ended = true
      const restMs = restOf(of, key, places, res, performance.now() - began)
      if (restMs > 0) setTimeout(giveBack, restMs)
      else giveBack()
    }
    // A finished answer costs only memory, which `unread` bounds, so a client that reads slowly delays nobody else.
    keep(res, of === 'people' ? 'prefinish' : 'close', end)
    return !res.closed && !res.socket?.destroyed
  }

  return { hold, run: (of, key, work) => turns[of].run(key, work) }
}
