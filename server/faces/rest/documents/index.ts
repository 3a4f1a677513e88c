import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type Router from '@koa/router'
import type { Middleware } from 'koa'
import { addressKey } from '../../../kernel/client-address.ts'
import { AppError } from '../../../kernel/errors.ts'
import { packers } from '../compress.ts'
import type { RequestTurns } from '../request-turns.ts'
import type { RequestState } from '../request.ts'
import { matchesTag } from '../respond.ts'
import { asyncApi } from './asyncapi.ts'
import { type About, openApi } from './openapi.ts'
import { asyncApiPage } from './pages/asyncapi-page.ts'
import { openApiPage } from './pages/openapi-page.ts'

type Kind = 'json' | 'html' | 'css'

const documents: Record<string, { kind: Kind; make: (about: About) => string | Promise<string> }> = {
  '/openapi.json': { kind: 'json', make: about => JSON.stringify(openApi(about)) },
  '/asyncapi.json': { kind: 'json', make: about => JSON.stringify(asyncApi(about)) },
  '/docs': { kind: 'html', make: openApiPage },
  '/docs/events': { kind: 'html', make: asyncApiPage },
  '/docs/docs.css': { kind: 'css', make: () => readFile(new URL('pages/docs.css', import.meta.url), 'utf8') },
}

/**
 * The description of the API for machines, and for people as pages, public, at the root of the server and next to the
 * operations.
 */
export function addDocumentRoutes(router: Router, about: About, turns: RequestTurns): void {
  for (const [path, { kind, make }] of Object.entries(documents))
    router.get(
      [path, `/api/v1${path}`, `/api${path}`],
      give(path, kind, async () => pack(await make(about)), turns) as never,
    )
}

interface Packed {
  hash: string
  forms: Record<'identity' | 'br' | 'gzip', Buffer>
}

async function pack(document: string): Promise<Packed> {
  const identity = Buffer.from(document)
  const [br, gzip] = await Promise.all([packers.br(identity), packers.gzip(identity)])
  return { hash: createHash('sha256').update(identity).digest('base64url'), forms: { identity, br, gzip } }
}

const mimes = { json: 'application/json', html: 'text/html', css: 'text/css' }

/** @param make called at the first request, because it takes some 60 ms; the result is kept */
function give(route: string, kind: Kind, make: () => Promise<Packed>, turns: RequestTurns): Middleware<RequestState> {
  let made: Promise<Packed> | undefined
  // A failed attempt is not kept.
  const makeAnew = () =>
    make().catch((error: unknown) => {
      made = undefined
      throw error
    })
  return async ctx => {
    ctx.state.route = route
    if (!ctx.accepts(kind))
      throw new AppError('not_acceptable', `This is ${kind.toUpperCase()}: Accept: ${mimes[kind]}.`)
    // Like the files of the page: anybody may ask, and clients may read slowly.
    if (!(await turns.hold('pageFiles', addressKey(ctx.ip), ctx.res))) return
    const { hash, forms } = await (made ??= makeAnew())
    ctx.vary('Accept-Encoding')
    // Weak, because all encodings share it. Unlike answers of the API it may be cached, with revalidation.
    ctx.set({ ETag: `W/"${hash}"`, 'Cache-Control': 'no-cache' })
    if (matchesTag(ctx.get('If-None-Match'), `"${hash}"`)) {
      ctx.status = 304
      return
    }
    const encoding = ctx.acceptsEncodings('br', 'gzip', 'identity')
    const form = encoding === 'br' || encoding === 'gzip' ? encoding : 'identity'
    if (form !== 'identity') ctx.set('Content-Encoding', form)
    ctx.type = kind
    ctx.body = forms[form]
  }
}
