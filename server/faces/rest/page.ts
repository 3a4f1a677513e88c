import { send } from '@koa/send'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Middleware, ParameterizedContext } from 'koa'
import { addressKey } from '../../kernel/client-address.ts'
import { AppError } from '../../kernel/errors.ts'
import { packers } from './compress.ts'
import { isForPrograms } from './for-programs.ts'
import type { RequestTurns } from './request-turns.ts'
import type { RequestState } from './request.ts'

/** The page: built files as they are, and its one document for every address that a person may have opened. */
export function servePage(pageDir: string | null, turns: RequestTurns): Middleware<RequestState> {
  return async (ctx, next) => {
    const { basePath } = ctx.state
    if (!['GET', 'HEAD'].includes(ctx.method) || isForPrograms(ctx.path)) return next()
    // Relative addresses would lead beside it.
    if (ctx.path === basePath && basePath !== '') return ctx.redirect(`${basePath}/`)
    if (pageDir === null) throw new AppError('not_found', 'The page has not been built; the API is under /api/v1.')
    if (!(await turns.hold('pageFiles', addressKey(ctx.ip), ctx.res))) return
    const isAsset = ctx.path.startsWith('/assets/')
    const file = isAsset || /\.\w+$/.test(ctx.path) ? ctx.path : '/index.html'
    // Proxies may keep what they pass on: in the form that each client takes.
    ctx.vary('Accept-Encoding')
    try {
      if (file === '/index.html' && ctx.path !== '/') return await sendFromElsewhere(ctx, pageDir)
      // Packed when it was built, beside the file itself, where the client takes that. Assets carry a hash of their
      // content in their names.
      await send(ctx, file, { root: pageDir, maxAge: isAsset ? 365 * 24 * 3600 * 1000 : 0, immutable: isAsset })
    } catch (error) {
      if ((error as { status?: number }).status !== 404)
        throw new AppError('not_found', 'There is no such file.', { cause: error })
      throw new AppError('not_found', 'There is no such file.')
    }
    // Of a hidden file it says nothing at all.
    if (!ctx.body) throw new AppError('not_found', 'There is no such file.')
  }
}

/** The document at an address that is not its own: what it loads it names from there. */
async function sendFromElsewhere(ctx: ParameterizedContext<RequestState>, pageDir: string): Promise<void> {
  const html = await readFile(join(pageDir, 'index.html'), 'utf8')
  const bytes = Buffer.from(html.replaceAll('="./', `="${ctx.state.basePath}/`))
  const encoding = ctx.acceptsEncodings('br', 'gzip', 'identity')
  const isPacked = encoding === 'br' || encoding === 'gzip'
  ctx.type = 'html'
  ctx.set('Cache-Control', 'max-age=0')
  if (isPacked) ctx.set('Content-Encoding', encoding)
  ctx.body = isPacked ? await packers[encoding](bytes) : bytes
}
