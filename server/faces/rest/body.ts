import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import { limits } from '../../../contract/index.ts'
import { AppError, invalid } from '../../kernel/errors.ts'
import { judgeJson } from '../../kernel/json-scan.ts'

/** Smaller bodies take no time to parse, whatever is in them. */
const scannedBytes = 4 * 1024

/** A body of this size is kept without a turn: no sign-in has more. */
const smallBytes = 64 * 1024

/** How much of a body that is too large is read and thrown away, so that the client can read why. */
const drainBytes = 64 * limits.bodyBytes

/**
 * The JSON body of a request; undefined when there is none.
 *
 * @param waitForLarge waited for before more than a small body is kept in memory
 * @throws AppError `unsupported_media_type`, `payload_too_large`, `validation_error`, `invalid_json`
 */
export async function readJson(
  ctx: Context,
  waitForLarge?: () => Promise<unknown>,
): Promise<{ raw: Buffer; value: unknown } | undefined> {
  const announced = ctx.get('Content-Length')
  if (announced === '0' || (announced === '' && !ctx.get('Transfer-Encoding'))) return undefined
  const readable = isJson(ctx.get('Content-Type')) && ['', 'identity'].includes(ctx.get('Content-Encoding'))
  const raw = await collect(ctx.req, readable ? limits.bodyBytes : 0, { waitForLarge }).catch(error => {
    if (error instanceof AppError) {
      // Refused while it came: the rest will not be read.
      ctx.set('Connection', 'close')
      throw error
    }
    // Nobody is there to read the answer; it is no fault of ours either.
    throw new AppError('invalid_json', 'The body broke off.', { cause: error })
  })
  if (raw?.length === 0) return undefined
  if (!readable) throw new AppError('unsupported_media_type', 'Send JSON: Content-Type: application/json, not encoded.')
  if (raw === null) throw new AppError('payload_too_large', `The body may have at most ${limits.bodyBytes} bytes.`)
  const unfit = raw.length > scannedBytes ? judgeJson(raw, 'body') : null
  if (unfit === 'broken') throw notJson()
  if (unfit) throw invalid({ [unfit.field]: unfit.message })
  try {
    return { raw, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw)) }
  } catch (error) {
    throw notJson(error)
  }
}

const notJson = (cause?: unknown) => new AppError('invalid_json', 'The body is not JSON.', { cause })

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
  collect(req, 0, { dropped: most }).catch(() => null)

/** The whole body, or null when it has more than `most` bytes; then what follows is read and dropped. */
async function collect(
  req: IncomingMessage,
  most: number,
  {
    dropped = drainBytes,
    waitForLarge,
  }: { dropped?: number; waitForLarge?: (() => Promise<unknown>) | undefined } = {},
): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (size <= smallBytes && size + chunk.length > smallBytes) await waitForLarge?.()
    size += chunk.length
    if (size <= most) chunks.push(chunk)
    else if (size > dropped) {
      req.destroy()
      break
    } else chunks.length = 0
  }
  return size > most ? null : Buffer.concat(chunks)
}
