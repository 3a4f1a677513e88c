import type { ServerResponse } from 'node:http'
import type { Context } from 'koa'
import type { Operation } from '../../../contract/index.ts'
import { createTurns, type Key, type TurnBounds, type Turns } from '../../kernel/turns.ts'
import { sizeOf } from './answer-size.ts'

export interface RequestBounds {
  /** Requests of people who are signed in, by person, from when their bodies are here until their answers are made. */
  people: TurnBounds
  /** The same from their heads until their answers have been read, by person: that of others keeps nobody waiting. */
  unread: TurnBounds
  /** Requests that anybody may make, by address. */
  strangers: TurnBounds
  /** Files on their way to people, which take long. */
  files: TurnBounds
  /** The files of the page on their way to anybody, by address. */
  pageFiles: TurnBounds
}

/** Fewer than the connections to the database: one person's requests may all wait for one another's locks. */
const atWork = { running: 12, perKey: 4, alone: 6, waiting: 2_000, waitingPerKey: 16 }
/** A person, or an address, with many files at a time leaves places to others for as long as these take. */
const files = { running: 512, perKey: 16, waiting: 2_000, waitingPerKey: 500 }

export const defaultRequestBounds: RequestBounds = {
  people: atWork,
  unread: { running: Infinity, perKey: atWork.waitingPerKey, waiting: 5_000, waitingPerKey: 250 },
  strangers: { running: 16, perKey: 4, waiting: 1_000, waitingPerKey: 250 },
  files,
  pageFiles: { ...files, perKey: 64 },
}

/** What keeps the database or the event loop busy like several small requests. */
const dear = { pageSize: 50, bodyBytes: 64 * 1024, answerBytes: 256 * 1024, places: 3, placesOfBulk: 2 }

/** How many places a request of a person takes. */
export function placesOf({ path }: Operation, { query, headers }: Context): number {
  // Without a length nobody knows how much comes.
  const largeBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > dear.bodyBytes
  if (path === '/events' || Number(query['page_size']) > dear.pageSize || largeBody) return dear.places
  return /\/(bulk|batch)/.test(path) ? dear.placesOfBulk : 1
}

/** How much an answer of a few rows has is known when it has been made. */
const isLarge = (res: ServerResponse) => sizeOf(res) > dear.answerBytes

/** How long a place rests after dear work of a person, and after all work of strangers, compared with the work. */
const restFactor = { people: 2, strangers: 4 }
const mostRestMs = 1_000

export interface RequestTurns {
  /**
   * Waits for a request's turn, which ends with its response.
   *
   * @returns false when the client has gone meanwhile: there is nobody to do the work for
   * @throws AppError `rate_limited`, `unavailable`
   */
  hold(of: keyof RequestBounds, key: Key, res: ServerResponse, places?: number): Promise<boolean>
  /** Runs what is only a part of answering a request in a turn of its own. @throws what `hold` and `work` throw */
  run<T>(of: keyof RequestBounds, key: Key, work: () => Promise<T>): Promise<T>
}

export function createRequestTurns(bounds: RequestBounds = defaultRequestBounds): RequestTurns {
  const turns = Object.fromEntries(
    Object.entries(bounds).map(([name, one]: [string, TurnBounds]) => [name, createTurns(one)]),
  ) as Record<keyof RequestBounds, Turns>

  /** While others have work too, dear work of one person takes a third of the time at most; that of strangers a fifth. */
  const mayRest = (of: keyof RequestBounds, places: number, res: ServerResponse) =>
    of === 'people' ? (places > 1 || isLarge(res)) && turns.people.isShared() : of === 'strangers'

  function keep(res: ServerResponse, until: 'prefinish' | 'close', giveBack: () => void) {
    if (res.closed) return giveBack()
    res.once(until, giveBack)
    if (until !== 'close') res.once('close', giveBack)
  }

  async function hold(of: keyof RequestBounds, key: Key, res: ServerResponse, places = 1): Promise<boolean> {
    const giveBack = await turns[of].take(key, places)
    const began = performance.now()
    const end = () => {
      const factor = of === 'people' ? restFactor.people : restFactor.strangers
      if (mayRest(of, places, res)) setTimeout(giveBack, Math.min(factor * (performance.now() - began), mostRestMs))
      else giveBack()
    }
    // An answer that has been made costs only memory, which `unread` bounds: whoever reads slowly holds up nobody else.
    keep(res, of === 'people' ? 'prefinish' : 'close', end)
    return !res.closed && !res.socket?.destroyed
  }

  return { hold, run: (of, key, work) => turns[of].run(key, work) }
}
