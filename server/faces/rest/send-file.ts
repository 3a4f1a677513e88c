import type { Context } from 'koa'
import type { Download } from '../../features/media/index.ts'
import { apiError } from '../../kernel/api-error.ts'
import { invalid } from '../../kernel/errors.ts'
import { byteRange } from './byte-range.ts'
import { contentDisposition } from './content-disposition.ts'
import { matchesTag } from './respond.ts'

/**
 * Serves an uploaded file from our own origin. A browser is told the type of the file, not to guess another one, and to
 * execute nothing in it. It may cache the file but has to revalidate it each time, because a right to it can end.
 */
export async function sendFile(ctx: Context, file: Download): Promise<void> {
  const tag = `"${file.tag}"`
  // Ranges apply to GET only (RFC 9110, 14.2), and a range of different content would not fit what the client has.
  const partial = ctx.method === 'GET' && ['', tag].includes(ctx.get('If-Range').trim())
  const range = partial ? byteRange(ctx.get('Range'), file.size) : null
  const known = matchesTag(ctx.get('If-None-Match'), tag)
  if (!known && range === 'unsatisfiable') return refuseRange(ctx, file)

  // Opened before headers are sent, because the file may turn out to be deleted.
  const part = range === 'unsatisfiable' ? null : range
  const body = known || ctx.method === 'HEAD' ? null : await file.read(part ?? undefined)
  ctx.set({
    ETag: tag,
    'Cache-Control': 'private, no-cache',
    'Accept-Ranges': 'bytes',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Content-Disposition': contentDisposition(file.inline ? 'inline' : 'attachment', file.name),
  })
  if (known) {
    ctx.status = 304
    return
  }
  if (part) ctx.set('Content-Range', `bytes ${part.start}-${part.end}/${file.size}`)
  if (body) ctx.body = body
  ctx.status = part ? 206 : 200
  ctx.type = file.type
  ctx.length = part ? part.end - part.start + 1 : file.size
}

/** Like every other error; only its status belongs to the Range header, which no other answer uses. */
function refuseRange(ctx: Context, { size }: Download): void {
  ctx.set('Content-Range', `bytes */${size}`)
  ctx.body = apiError(invalid({ Range: `must lie within the ${size} bytes of the file` }), ctx.state.requestId).body
  ctx.status = 416
}
