import { send } from '@koa/send'
import type { Middleware } from 'koa'
import { addressKey } from '../../kernel/client-address.ts'
import { AppError } from '../../kernel/errors.ts'
import type { RequestTurns } from './request-turns.ts'

/** In any spelling: a program that asks for a wrong address must not get the page with 200. */
function isForPrograms(path: string): boolean {
  let decoded = path
  try {
    decoded = decodeURIComponent(path)
  } catch {
    // As it came.
  }
  return /^[\\/]+(api|socket\.io)([\\/]|$)/i.test(decoded)
}

/** The page: built files as they are, and its one document for every address that a person may have opened. */
export function servePage(pageDir: string | null, turns: RequestTurns): Middleware {
  return async (ctx, next) => {
    if (!['GET', 'HEAD'].includes(ctx.method) || isForPrograms(ctx.path)) return next()
    if (pageDir === null) throw new AppError('not_found', 'The page has not been built; the API is under /api/v1.')
    if (!(await turns.hold('pageFiles', addressKey(ctx.ip), ctx.res))) return
    const isAsset = ctx.path.startsWith('/assets/')
    const file = isAsset || /\.\w+$/.test(ctx.path) ? ctx.path : '/index.html'
    // Proxies may keep what they pass on: in the form that each client takes.
    ctx.vary('Accept-Encoding')
    try {
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
