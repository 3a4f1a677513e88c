import type { IncomingMessage } from 'node:http'
import { AppError } from '../../kernel/errors.ts'

/** An upload that is slower than this is aborted; no honest client is that slow on purpose. */
export interface Pace {
  bytes: number
  withinMs: number
}

export const defaultPace: Pace = { bytes: 64 * 1024, withinMs: 30_000 }

const checks = 3

/** The chunks of a body while it arrives fast enough. @throws AppError `validation_error` when it does not */
export async function* paced(req: IncomingMessage, { bytes, withinMs }: Pace): AsyncGenerator<Buffer> {
  let giveUp: ((error: AppError) => void) | undefined
  const totals = [0]
  let total = 0
  const timer = setInterval(() => {
    totals.push(total)
    if (totals.length > checks && total - totals.shift()! < bytes) giveUp?.(tooSlow())
  }, withinMs / checks)
  // The request is not destroyed when the loop ends, because the answer is sent on its connection.
  const chunks = req.iterator({ destroyOnReturn: false })
  // A new promise for each chunk. A promise that outlives the chunks, in a race with them, would keep them in memory
  // until the upload ends.
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
  new AppError('validation_error', 'The upload was too slow and was stopped.', {
    fields: { file: ['came too slowly'] },
  })

/** Nobody reads this error, because the client is gone. */
const gone = (cause: unknown): never => {
  throw new AppError('validation_error', 'The upload was broken off.', { cause })
}
