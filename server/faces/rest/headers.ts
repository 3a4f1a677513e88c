import helmet from 'helmet'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Middleware } from 'koa'
import { videoThumbnailHosts } from '../../../contract/index.ts'
import { isAboutApi, isForPrograms } from './for-programs.ts'
import type { RequestState } from './request.ts'

const page = {
  'default-src': ["'self'"],
  'img-src': ["'self'", 'data:', ...videoThumbnailHosts.map(host => `https://${host}`)],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
  'form-action': ["'self'"],
}
const api = { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] }

/** They have no scripts. */
const aboutApi = {
  'default-src': ["'none'"],
  'style-src': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
  'form-action': ["'none'"],
}

export interface ApiHeaderRules {
  /** Whether people reach the server over TLS. */
  secure: boolean
  /** The version of the package. */
  version: string
}

/** What browsers must refuse. Answers of the API are data: nothing in them may be executed, framed or cached. */
export function securityHeaders(deps: ApiHeaderRules & { publicUrl: string | undefined }): Middleware<RequestState> {
  const { secure, publicUrl, version } = deps
  const publicHost = publicUrl === undefined ? undefined : new URL(publicUrl).host
  const forApi = apiHeaders({ secure, version })
  const forHost = remember(mostHosts, host =>
    headersOf({ ...page, 'connect-src': connectSources(host, secure) }, secure),
  )
  const forPages = headersOf(aboutApi, secure)
  return (ctx, next) => {
    const headers = isAboutApi(ctx.path)
      ? forPages
      : isForPrograms(ctx.path)
        ? forApi
        : forHost(publicHost ?? ctx.state.host)
    for (const name in headers) ctx.res.setHeader(name, headers[name]!)
    return next()
  }
}

/** The headers of every answer that is data and not a page, including answers of the socket door. */
export const apiHeaders = ({ secure, version }: ApiHeaderRules): Record<string, string> => ({
  ...headersOf(api, secure),
  'X-API-Version': version,
  'Cache-Control': 'no-store',
})

/** Browsers with CSP 2, such as Safari before 15.4, do not accept `'self'` for the WebSocket of the same host. */
function connectSources(host: string, secure: boolean): string[] {
  if (host === '') return ["'self'"]
  return ["'self'", ...(secure ? [] : [`ws://${host}`]), `wss://${host}`]
}

/** The hosts whose headers are cached. A client may send any host, so the cache is bounded. */
const mostHosts = 100

function remember<T>(most: number, make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>()
  return key => {
    const known = made.get(key)
    if (known !== undefined) return known
    if (made.size >= most) made.clear()
    const value = make(key)
    made.set(key, value)
    return value
  }
}

/** The headers are the same for every request of a host, so helmet is called once per host. */
function headersOf(directives: Record<string, string[]>, secure: boolean): Record<string, string> {
  const headers: Record<string, string> = {}
  const response = { setHeader: (name: string, value: string) => void (headers[name] = value), removeHeader: () => {} }
  const ask = helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    hsts: secure,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
  ask({} as IncomingMessage, response as unknown as ServerResponse, () => {})
  return headers
}
