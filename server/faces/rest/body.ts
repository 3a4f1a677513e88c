import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import { limits } from '../../../contract/index.ts'
import { AppError, invalid } from '../../kernel/errors.ts'
import { countValues } from './count-values.ts'

/** Smaller bodies cannot have so many values that parsing them takes long. */
const scannedBytes = 64 * 1024

/** How much of a body that is too large is read and thrown away, so that the client can read why. */
const drainBytes = 64 * limits.bodyBytes

/**
 * The JSON body of a request; undefined when there is none.
 *
 * @param most bytes that are kept; a body that has more, and not too much for anybody, is a `validation_error`
 * @throws AppError `unsupported_media_type`, `payload_too_large`, `validation_error`, `invalid_json`
 */
export async function readJson(
  ctx: Context,
  most: number = limits.bodyBytes,
): Promise<{ raw: Buffer; value: unknown } | undefined> {
  const announced = ctx.get('Content-Length')
  if (announced === '0' || (announced === '' && !ctx.get('Transfer-Encoding'))) return undefined
  const readable = isJson(ctx.get('Content-Type')) && ['', 'identity'].includes(ctx.get('Content-Encoding'))
  const raw = await collect(ctx.req, readable ? most : 0).catch(error => {
    // Nobody is there to read the answer; it is no fault of ours either.
    throw new AppError('invalid_json', 'The body broke off.', { cause: error })
  })
  if (raw?.length === 0) return undefined
  if (!readable) throw new AppError('unsupported_media_type', 'Send JSON: Content-Type: application/json, not encoded.')
  if (raw === null) throw tooLarge(ctx, most)
  if (raw.length > scannedBytes && countValues(raw) > limits.jsonValues)
    throw invalid({ body: `may have at most ${limits.jsonValues} values` })
  try {
    return { raw, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw)) }
  } catch (error) {
    throw new AppError('invalid_json', 'The body is not JSON.', { cause: error })
  }
}

const isJson = (type: string) => {
  const [media, ...parameters] = type
    .toLowerCase()
    .split(';')
    .map(part => part.trim())
  return (
    media === 'application/json' &&
    parameters.every(one => !one.startsWith('charset') || /^charset="?utf-?8"?$/.test(one))
  )
}

/** Reads a body that nobody wants, so that the client can read why; of a very long one only so much. */
export const dropBody = (req: IncomingMessage, most: number): Promise<unknown> =>
  collect(req, 0, most).catch(() => null)

/** The whole body, or null when it has more than `most` bytes; then what follows is read and dropped. */
async function collect(req: IncomingMessage, most: number, dropped = drainBytes): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= most) chunks.push(chunk)
    else if (size > dropped) break
    else chunks.length = 0
  }
  return size > most ? null : Buffer.concat(chunks)
}

/** A body that anybody could send is 413 by its size; one that only somebody signed in could, is a bad input. */
function tooLarge(ctx: Context, most: number): AppError {
  if (most < limits.bodyBytes && Number(ctx.get('Content-Length')) <= limits.bodyBytes)
    return invalid({ body: `may have at most ${most / 1024} KiB` })
  return new AppError('payload_too_large', `The body may have at most ${most / 1024} KiB.`)
}
