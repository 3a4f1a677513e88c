import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { answerUnparsed } from './faces/rest/index.ts'
import { mayUpgrade } from './faces/socket/index.ts'
import { withoutBase } from './kernel/base-path.ts'
import { withoutOthersCookies } from './kernel/others-cookies.ts'

interface HttpDeps {
  rest: RequestListener
  /** The path of `PUBLIC_URL`, below which the server is. */
  basePath: string
  /** Of answers to what is not HTTP. */
  headers: Record<string, string>
  /** Whether this server has signed a cookie. */
  isOurs: Parameters<typeof withoutOthersCookies>[1]
}

/** The HTTP server of both doors, not yet listening. */
export function openHttp({ rest, basePath, headers, isOurs }: HttpDeps): Server {
  // Long enough for uploads; the REST face limits other bodies.
  const http = createServer(
    {
      headersTimeout: 12_000,
      requestTimeout: 900_000,
      keepAliveTimeout: 65_000,
      // Node checks only every 30 s by default, so the headers of a request could take 42 s.
      connectionsCheckingInterval: 1_000,
      // Node's own answer lacks our headers and the error; both doors refuse a request without a host themselves.
      requireHostHeader: false,
      shouldUpgradeCallback: req => mayUpgrade(req, basePath),
    },
    rest,
  )
  answerUnparsed(http, headers)
  // Runs before both doors.
  for (const event of ['request', 'upgrade'])
    http.prependListener(event, (req: IncomingMessage) => {
      req.url = withoutBase(req.url ?? '', basePath)
      const { cookie } = req.headers
      if (basePath !== '' && cookie !== undefined) req.headers.cookie = withoutOthersCookies(cookie, isOurs)
    })
  return http
}
