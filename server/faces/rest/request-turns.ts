import type { ServerResponse } from 'node:http'
import type { Operation } from '../../../contract/index.ts'
import { createTurns, type Key, type TurnBounds } from '../../kernel/turns.ts'

export interface RequestBounds {
  /** Requests of people who are signed in, by person. */
  people: TurnBounds
  /** Requests that anybody may make, by address. */
  strangers: TurnBounds
  /** Of those, the ones whose body is large, by address. */
  largeBodies: TurnBounds
}

/**
 * One person alone may use as many places as the database has connections; as soon as somebody else asks, four. A
 * request keeps its place until its answer has been read, so what one person leaves unread is bounded too.
 */
export const defaultRequestBounds: RequestBounds = {
  people: { running: 32, perKey: 4, alone: 16, waiting: 2_000, waitingPerKey: 250 },
  strangers: { running: 16, perKey: 4, alone: 8, waiting: 1_000, waitingPerKey: 250 },
  largeBodies: { running: 16, perKey: 8, waiting: 1_000, waitingPerKey: 250 },
}

/**
 * Waits for a request's turn, which ends with its response.
 *
 * @returns false when the client has gone meanwhile: there is nobody to do the work for
 * @throws AppError `rate_limited`, `unavailable`
 */
export type RequestTurns = (of: keyof RequestBounds, key: Key, res: ServerResponse, places?: number) => Promise<boolean>

/** A long list, and a piece of the log, keep the database and the event loop busy like several small requests. */
const dear = { pageSize: 50, places: 4 }

/** How many places a request of a person takes. */
export const placesOf = ({ path }: Operation, { page_size }: Record<string, unknown>): number =>
  path === '/events' || Number(page_size) > dear.pageSize ? dear.places : 1

export function createRequestTurns(bounds: RequestBounds = defaultRequestBounds): RequestTurns {
  const turns = {
    people: createTurns(bounds.people),
    strangers: createTurns(bounds.strangers),
    largeBodies: createTurns(bounds.largeBodies),
  }
  return async (of, key, res, places) => {
    const giveBack = await turns[of].take(key, places)
    if (res.closed) giveBack()
    else res.once('close', giveBack)
    return !res.closed && !res.socket?.destroyed
  }
}
