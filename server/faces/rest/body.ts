import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import { sizeText } from '../../../contract/index.ts'
import { AppError, invalid } from '../../kernel/errors.ts'
import { judgeJson } from '../../kernel/json-scan.ts'

/** Parsing a smaller body takes no noticeable time, whatever its content. */
const scannedBytes = 4 * 1024

/**
 * Of a body that is too large, at most this multiple of the limit is read and dropped, so that the client can read the
 * error.
 */
const drainFactor = 64

/**
 * The JSON body of a request as received; undefined when there is none.
 *
 * @param most the largest size in bytes
 * @param onBytes called with the size of each piece that is kept
 * @param types the MIME types of the body that are accepted
 * @throws AppError `unsupported_media_type`, `payload_too_large`, `invalid_json` when the body breaks off
 */
export async function receiveJson(
  ctx: Context,
  most: number,
  onBytes: (bytes: number) => void,
  types: readonly string[] = ['application/json'],
): Promise<Buffer | undefined> {
  if (!hasBody(ctx)) return undefined
  const readable = isReadable(ctx, types)
  const kept = readable ? most : 0
  const raw = await collect(ctx.req, kept, { dropped: drainFactor * most, onBytes }).catch(error => {
    // The client is gone, so nobody reads the answer; it is not a fault of the server either.
    throw new AppError('invalid_json', 'The body broke off.', { cause: error })
  })
  if (raw?.length === 0) return undefined
  if (!readable) throw new AppError('unsupported_media_type', 'Send JSON: Content-Type: application/json, not encoded.')
  if (raw === null) throw new AppError('payload_too_large', `The body may have at most ${sizeText(most)}.`)
  return raw
}

/**
 * The fields of a form that a program sends (`application/x-www-form-urlencoded`); of a repeated field the last one.
 * None when there is no body.
 *
 * @throws AppError `unsupported_media_type`, `payload_too_large`, `invalid_json` when the body breaks off
 */
export async function receiveForm(ctx: Context, most: number): Promise<Record<string, string>> {
  if (!hasBody(ctx)) return {}
  const type = 'application/x-www-form-urlencoded'
  const readable = isReadable(ctx, [type])
  const kept = readable ? most : 0
  const raw = await collect(ctx.req, kept, { dropped: drainFactor * most, onBytes: () => {} }).catch(error => {
    throw new AppError('invalid_json', 'The body broke off.', { cause: error })
  })
  if (!readable) throw new AppError('unsupported_media_type', `Send a form: Content-Type: ${type}, not encoded.`)
  if (raw === null) throw new AppError('payload_too_large', `The body may have at most ${sizeText(most)}.`)
  return Object.fromEntries(new URLSearchParams(raw.toString('utf8')))
}

/** @throws AppError `validation_error`, `invalid_json` */
export function parseJson(raw: Buffer): unknown {
  const unfit = raw.length > scannedBytes ? judgeJson(raw, 'body') : null
  if (unfit === 'broken') throw notJson()
  if (unfit) throw invalid({ [unfit.field]: unfit.message })
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw))
  } catch (error) {
    throw notJson(error)
  }
}

const notJson = (cause?: unknown) => new AppError('invalid_json', 'The body is not JSON.', { cause })

function hasBody(ctx: Context): boolean {
  const announced = ctx.get('Content-Length')
  return announced === '' ? ctx.get('Transfer-Encoding') !== '' : announced !== '0'
}

/** Whether a body is of one of these types, in UTF-8 and without an encoding. */
const isReadable = (ctx: Context, types: readonly string[]) =>
  isOf(types, ctx.get('Content-Type')) && ['', 'identity'].includes(ctx.get('Content-Encoding'))

const isOf = (types: readonly string[], type: string) => {
  const [media, ...parameters] = type
    .toLowerCase()
    .split(';')
    .map(part => part.trim())
  return (
    types.includes(media!) && parameters.every(one => !one.startsWith('charset') || /^charset="?utf-?8"?$/.test(one))
  )
}

/** Reads and drops a body that is not needed, so that the client can read the error; stops after the limit. */
export const dropBody = (req: IncomingMessage, most: number): Promise<unknown> =>
  collect(req, 0, { dropped: most, onBytes: () => {} }).catch(() => null)

/** The whole body, or null when it has more than `most` bytes; then the rest is read and dropped. */
async function collect(
  req: IncomingMessage,
  most: number,
  { dropped, onBytes }: { dropped: number; onBytes: (bytes: number) => void },
): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= most) {
      onBytes(chunk.length)
      chunks.push(chunk)
    } else if (size > dropped) {
      req.destroy()
      break
    } else chunks.length = 0
  }
  return size > most ? null : Buffer.concat(chunks)
}
