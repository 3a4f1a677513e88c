import type { Context } from 'koa'
import type { Download } from '../../features/media/index.ts'
import { apiError } from '../../kernel/api-error.ts'
import { invalid } from '../../kernel/errors.ts'
import { byteRange } from './byte-range.ts'
import { contentDisposition } from './content-disposition.ts'
import { matchesTag } from './respond.ts'

/**
 * Somebody else's bytes on our own address: whatever they are, a browser is told their type, not to guess another, and
 * to run nothing in them. It may keep them, and has to ask each time, because a right to them can end.
 */
export async function sendFile(ctx: Context, file: Download): Promise<void> {
  const tag = `"${file.tag}"`
  // Only GET knows parts (RFC 9110, 14.2), and of another content one would not fit to those that the client has.
  const partial = ctx.method === 'GET' && ['', tag].includes(ctx.get('If-Range').trim())
  const range = partial ? byteRange(ctx.get('Range'), file.size) : null
  const known = matchesTag(ctx.get('If-None-Match'), tag)
  if (!known && range === 'unsatisfiable') return refuseRange(ctx, file)

  // Opened before anything is said, because it may turn out to be gone.
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

/** An error like every other; only that its status belongs to the Range header, which no other answer has. */
function refuseRange(ctx: Context, { size }: Download): void {
  ctx.set('Content-Range', `bytes */${size}`)
  ctx.body = apiError(invalid({ Range: `must lie within the ${size} bytes of the file` }), ctx.state.requestId).body
  ctx.status = 416
}
