import type { ServerResponse } from 'node:http'
import type { Context } from 'koa'
import type { Operation } from '../../../contract/index.ts'
import { createTurns, type Key, type TurnBounds } from '../../kernel/turns.ts'

export interface RequestBounds {
  /** Requests of people who are signed in, by person. */
  people: TurnBounds
  /** Requests that anybody may make, by address. */
  strangers: TurnBounds
  /** Of those, the ones whose body is larger than 64 KiB, by address: so much of it is in memory at most. */
  largeBodies: TurnBounds
  /** Files on their way to clients, which take long: of people by person, of the page by address. */
  files: TurnBounds
}

/**
 * One person alone may use as many places as the database has connections; as soon as somebody else asks, four. A
 * request keeps its place until its answer has been read, so what one person leaves unread is bounded too.
 */
export const defaultRequestBounds: RequestBounds = {
  people: { running: 32, perKey: 4, alone: 16, waiting: 2_000, waitingPerKey: 250 },
  strangers: { running: 16, perKey: 4, waiting: 1_000, waitingPerKey: 250 },
  largeBodies: { running: 8, perKey: 1, waiting: 1_000, waitingPerKey: 250 },
  files: { running: 512, perKey: 64, waiting: 2_000, waitingPerKey: 500 },
}

/**
 * Waits for a request's turn, which ends with its response.
 *
 * @returns false when the client has gone meanwhile: there is nobody to do the work for
 * @throws AppError `rate_limited`, `unavailable`
 */
/** How long a place rests after such work, compared with the work. */
const restFactor = 2
const mostRestMs = 1_000

export type RequestTurns = (of: keyof RequestBounds, key: Key, res: ServerResponse, places?: number) => Promise<boolean>

/** What keeps the database or the event loop busy like several small requests: long lists, the log, large bodies. */
const dear = { pageSize: 50, bodyBytes: 64 * 1024, places: 4 }

/** How many places a request of a person takes. */
export function placesOf({ path }: Operation, { query, headers }: Context): number {
  const size = headers['content-length']
  // Without a length nobody knows how much comes.
  const largeBody = headers['transfer-encoding'] !== undefined || Number(size ?? 0) > dear.bodyBytes
  return path === '/events' || Number(query['page_size']) > dear.pageSize || largeBody ? dear.places : 1
}

export function createRequestTurns(bounds: RequestBounds = defaultRequestBounds): RequestTurns {
  const turns = {
    people: createTurns(bounds.people),
    strangers: createTurns(bounds.strangers),
    largeBodies: createTurns(bounds.largeBodies),
    files: createTurns(bounds.files),
  }
  return async (of, key, res, places = 1) => {
    const giveBack = await turns[of].take(key, places)
    const began = performance.now()
    const end = () => {
      // So dear work of one person, while others have work too, and all work of strangers take a third of the time at most.
      const rests = of === 'people' ? places > 1 && turns.people.isShared() : of !== 'files'
      if (rests) setTimeout(giveBack, Math.min(restFactor * (performance.now() - began), mostRestMs))
      else giveBack()
    }
    if (res.closed) giveBack()
    else res.once('close', end)
    return !res.closed && !res.socket?.destroyed
  }
}
