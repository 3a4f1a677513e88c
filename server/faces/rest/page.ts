import { send } from '@koa/send'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Middleware, ParameterizedContext } from 'koa'
import { addressKey } from '../../kernel/client-address.ts'
import { AppError } from '../../kernel/errors.ts'
import { packers } from './compress.ts'
import { isAboutApi, isForPrograms } from './for-programs.ts'
import type { RequestTurns } from './request-turns.ts'
import type { RequestState } from './request.ts'

/** The page: the built files, and the one HTML document for every address that a person may open. */
export function servePage(pageDir: string | null, turns: RequestTurns): Middleware<RequestState> {
  return async (ctx, next) => {
    const { basePath } = ctx.state
    if (!['GET', 'HEAD'].includes(ctx.method) || isForPrograms(ctx.path) || isAboutApi(ctx.path)) return next()
    ctx.state.isPage = true
    // Relative addresses would be resolved wrongly.
    if (ctx.path === basePath && basePath !== '') return ctx.redirect(`${basePath}/`)
    if (pageDir === null) throw new AppError('not_found', 'The page has not been built; the API is under /api/v1.')
    if (!(await turns.hold('pageFiles', addressKey(ctx.ip), ctx.res))) return
    const isAsset = ctx.path.startsWith('/assets/')
    const file = isAsset || /\.\w+$/.test(ctx.path) ? ctx.path : '/index.html'
    // Proxies may cache what they pass on, in the encoding that each client accepts.
    ctx.vary('Accept-Encoding')
    try {
      if (file === '/index.html' && ctx.path !== '/') return await sendFromElsewhere(ctx, pageDir)
      // The build stores compressed forms next to each file; they are sent when the client accepts them. The names of
      // assets contain a hash of their content.
      await send(ctx, file, { root: pageDir, maxAge: isAsset ? 365 * 24 * 3600 * 1000 : 0, immutable: isAsset })
    } catch (error) {
      if ((error as { status?: number }).status !== 404)
        throw new AppError('not_found', 'There is no such file.', { cause: error })
      throw new AppError('not_found', 'There is no such file.')
    }
    // For a hidden file the library returns nothing.
    if (!ctx.body) throw new AppError('not_found', 'There is no such file.')
  }
}

/** The document at an address other than its own; it names its assets relative to that address. */
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
