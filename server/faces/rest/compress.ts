import type { Context, Middleware } from 'koa'
import Stream from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { noteSize } from './answer-size.ts'
import type { RequestState } from './request.ts'

/** Below this size compression costs more than it saves. */
const leastBytes = 1024
/**
 * Above this size a faster compression is used that saves a little less; a client must not be able to demand seconds of
 * processor time.
 */
const largeBytes = 256 * 1024

/** Runs in other threads than the one that answers requests. */
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
  /** Origins, in addition to the server's own, whose pages may send requests with a person's cookies. */
  origins: readonly string[]
  /** Whether people reach the server over TLS. */
  secure: boolean
}

/**
 * Compresses JSON answers. Files are not touched: large ones are compressed formats already, and they are streamed.
 *
 * The compressed size shows whether two parts of a text are alike. So an attacker who can put guesses into an answer
 * and observe its length can find out the rest of it (BREACH). Answers with secrets are never compressed, and others
 * only for requests that a foreign page cannot have caused. A compressed answer keeps its `ETag`, which is the version
 * to write against; answers of the API are never stored, so no cache confuses the two forms.
 */
export function compressAnswers(rules: CompressionRules): Middleware<RequestState> {
  return async (ctx, next) => {
    await next()
    if (!ctx.response.is('json') || ctx.body === null || ctx.body === undefined) return
    ctx.vary('Accept-Encoding')
    // Its producer compressed it once for everybody.
    if (ctx.res.hasHeader('Content-Encoding')) return
    const { body } = ctx
    if (body instanceof Stream) return
    const content = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body)
    if (content !== body) ctx.response.body = content
    if (content.length < leastBytes && Buffer.byteLength(content) < leastBytes) return
    if (ctx.state.hasSecrets || ctx.res.hasHeader('Set-Cookie') || !isOwnWish(ctx, rules)) return
    const encoding = ctx.acceptsEncodings('br', 'gzip', 'identity')
    if (encoding !== 'br' && encoding !== 'gzip') return
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content)
    const packed = await packers[encoding](bytes)
    if (packed.length >= bytes.length) return
    noteSize(ctx.res, bytes.length)
    ctx.set('Content-Encoding', encoding)
    ctx.response.body = packed
  }
}

/**
 * Whether the client itself chose to send the request: a program with a token, or a page of ours; not a link or a form
 * on a foreign page.
 */
function isOwnWish(ctx: Context, { origins, secure }: CompressionRules): boolean {
  if (ctx.get('Authorization') !== '' || ctx.get('Cookie') === '') return true
  const site = ctx.get('Sec-Fetch-Site')
  // Old browsers do not send the header, and no browser sends it without TLS, where everything is readable anyway.
  if (site === '') return !secure
  return site === 'same-origin' || origins.includes(ctx.get('Origin'))
}
