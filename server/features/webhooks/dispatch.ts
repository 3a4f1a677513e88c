import { loggedNamesOf, webhookTypeOf } from '../../../contract/index.ts'
import {
  type Command,
  findMatching,
  isForgotten,
  named,
  readableAnywhere,
  readHead,
  type Tx,
} from '../../events/index.ts'
import { rightsOf } from '../rooms/index.ts'
import * as queries from './dispatch.queries.ts'

/** How many deliveries one transaction makes. */
const atOnce = 100
const restMs = 10_000

const replaced = 'the event log was replaced, by a restored backup for example'
const forgotten = 'these events were removed from the log before they could be sent'

export interface DispatchDeps {
  command: Command
  mostPending: number
  fullMs: number
}

/**
 * Makes deliveries of events, for one webhook at a time: reads the log from the webhook’s place under the present
 * rights of its owner, and moves the place in the same transaction. So each event becomes one delivery, whatever
 * crashes, and any number of instances may do it.
 *
 * @param mostPending the number of waiting deliveries at which a webhook reads no further
 * @param fullMs for how long it does not
 */
export function createDispatch({ command, mostPending, fullMs }: DispatchDeps) {
  /** Webhooks that could not read, until when they rest; they are the furthest behind and would come first again. */
  const resting = new Map<number, number>()
  let reading: number | null = null

  async function read(tx: Tx, webhook: queries.Lagging): Promise<number> {
    const { id, user_id, role, position, last } = webhook
    const rights = await rightsOf(tx, { id: user_id, role })
    const wanted = named(readableAnywhere(rights), loggedNamesOf(webhook.events))
    const { events, readTo } = await findMatching(tx, wanted, position, last, atOnce)
    // Asked now, because events may have been removed from the log during the read.
    const head = await readHead(tx)
    if (isForgotten(head, position)) {
      await queries.skipTo(tx, id, { epoch: head.epoch, offset: head.first - 1 }, forgotten, tx.now)
      return 0
    }
    const made = events.map(({ offset, event }) => ({ offset, type: webhookTypeOf(event, webhook.events) }))
    if (made.length > 0) await queries.addDeliveries(tx, webhook, made, tx.now)
    await queries.movePosition(tx, id, readTo, made.at(-1)?.offset ?? webhook.last_offset)
    return made.length
  }

  async function next(tx: Tx, names: readonly string[] | null): Promise<number | null> {
    const webhook = await queries.lockLagging(tx, [...resting.keys()], names)
    if (!webhook) return null
    const { id, epoch, log_epoch, last } = webhook
    reading = id
    if (epoch === log_epoch) {
      if (await queries.restIfFull(tx, id, mostPending, fullMs)) return 0
      return read(tx, webhook)
    }
    await queries.forgetPlaces(tx, id, replaced, tx.now)
    await queries.skipTo(tx, id, { epoch: log_epoch, offset: last }, replaced, tx.now)
    return 0
  }

  /**
   * @param names what has happened, so that only webhooks that ask for it read; null lets all read
   * @returns how many deliveries were made; null when every such webhook has read what it may
   */
  return async (names: readonly string[] | null): Promise<number | null> => {
    for (const [id, until] of resting) if (until <= performance.now()) resting.delete(id)
    reading = null
    try {
      return await command({ person: null }, tx => next(tx, names))
    } catch (error) {
      if (reading !== null) resting.set(reading, performance.now() + restMs)
      throw error
    }
  }
}
