import type { Context, Middleware } from 'koa'
import Stream from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { noteSize } from './answer-size.ts'
import type { RequestState } from './request.ts'

/** Below, the packing costs more than it saves. */
const leastBytes = 1024
/** Above, a quicker packing that gains a little less: seconds of a processor must not be had for the asking. */
const largeBytes = 256 * 1024

/** By other threads than the one that answers everybody. */
export const packers = {
  br: (body: Buffer) =>
    brotli(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: body.length > largeBytes ? 1 : 3,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  gzip: (body: Buffer) => zip(body, { level: body.length > largeBytes ? 1 : 4 }),
}
const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

export interface CompressionRules {
  /** Origins, beside the server's own, whose pages may ask with a person's cookies. */
  origins: readonly string[]
  /** Whether people reach the server over TLS. */
  secure: boolean
}

/**
 * Packs answers that are JSON. Files are not touched: what is large among them is packed by nature, and is streamed.
 *
 * How much a text shrinks tells whether two parts of it are alike. So who can put guesses into an answer and watch its
 * length finds out what else is in it (BREACH). Answers with secrets are never packed, and others only for requests
 * that no stranger's page can have caused. A packed answer keeps its `ETag`: it is the version to write against, and as
 * answers of the API are never stored no cache confuses the two forms.
 */
export function compressAnswers(rules: CompressionRules): Middleware<RequestState> {
  return async (ctx, next) => {
    await next()
    if (!ctx.response.is('json') || ctx.body === null || ctx.body === undefined) return
    ctx.vary('Accept-Encoding')
    // Packed once for everybody by whoever made it.
    if (ctx.res.hasHeader('Content-Encoding')) return
    if (ctx.state.hasSecrets || ctx.res.hasHeader('Set-Cookie') || !isOwnWish(ctx, rules)) return
    const encoding = ctx.acceptsEncodings('br', 'gzip', 'identity')
    if (encoding !== 'br' && encoding !== 'gzip') return
    const { body } = ctx
    if (body instanceof Stream) return
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    ctx.response.body = bytes
    if (bytes.length < leastBytes) return
    const packed = await packers[encoding](bytes)
    if (packed.length >= bytes.length) return
    noteSize(ctx.res, bytes.length)
    ctx.set('Content-Encoding', encoding)
    ctx.response.body = packed
  }
}

/** Whether whoever asks chose to: a program with a token, or a page of ours; not what a link or form elsewhere sends. */
function isOwnWish(ctx: Context, { origins, secure }: CompressionRules): boolean {
  if (ctx.get('Authorization') !== '' || ctx.get('Cookie') === '') return true
  const site = ctx.get('Sec-Fetch-Site')
  // Old browsers do not tell, and none does without TLS, where everything can be read anyway.
  if (site === '') return !secure
  return site === 'same-origin' || origins.includes(ctx.get('Origin'))
}
