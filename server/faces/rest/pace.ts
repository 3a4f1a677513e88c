import type { IncomingMessage } from 'node:http'
import { AppError } from '../../kernel/errors.ts'

/** An upload that brings less than this in so long is given up: nobody waits for that on purpose. */
export interface Pace {
  bytes: number
  withinMs: number
}

export const defaultPace: Pace = { bytes: 64 * 1024, withinMs: 30_000 }

const looks = 3

/** The chunks of a body, as long as they come. @throws AppError `validation_error` when they do no longer */
export async function* paced(req: IncomingMessage, { bytes, withinMs }: Pace): AsyncGenerator<Buffer> {
  let giveUp: ((error: AppError) => void) | undefined
  const totals = [0]
  let total = 0
  const timer = setInterval(() => {
    totals.push(total)
    if (totals.length > looks && total - totals.shift()! < bytes) giveUp?.(tooSlow())
  }, withinMs / looks)
  // Not destroyed when the loop is left, because it is on its connection that the answer goes out.
  const chunks = req.iterator({ destroyOnReturn: false })
  // A promise for each chunk: one that outlives it, in a race with it, would keep it in memory until the upload ends.
  const next = () =>
    new Promise<IteratorResult<Buffer>>((resolve, reject) => {
      giveUp = reject
      chunks.next().catch(gone).then(resolve, reject)
    })
  try {
    for (;;) {
      const { done, value } = await next()
      if (done) return
      total += value.length
      yield value
    }
  } finally {
    clearInterval(timer)
  }
}

const tooSlow = () =>
  new AppError('validation_error', 'The upload has stopped on its way.', { fields: { file: ['came too slowly'] } })

/** Nobody reads this: the client has gone. */
const gone = (cause: unknown): never => {
  throw new AppError('validation_error', 'The upload was broken off.', { cause })
}
