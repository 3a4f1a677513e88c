import type { Outbound } from '../ports/outbound.ts'

/** What the libraries of single sign-on pass to a fetch. */
interface FetchOptions {
  method?: string
  headers?: ConstructorParameters<typeof Headers>[0]
  body?: unknown
  signal?: AbortSignal | null
}

/** Statuses whose answers have no body. */
const bodiless = [204, 205, 304]

/** `fetch` as far as libraries need it, bounded in time and size, without redirects and without a connection to reuse. */
export function createBoundedFetch(outbound: Outbound, bounds: { timeoutMs: number; maxBytes: number }) {
  return async (url: string, options: FetchOptions = {}): Promise<Response> => {
    const { method = 'GET', headers, body, signal } = options
    if (method !== 'GET' && method !== 'POST') throw new TypeError(`no ${method} in single sign-on`)
    const answer = await outbound({
      method,
      url,
      headers: Object.fromEntries(new Headers(headers)),
      ...(body !== undefined && body !== null && { body: String(body) }),
      ...(signal && { signal }),
      ...bounds,
    })
    if (answer.cut) throw new TypeError('the answer is too large')
    const given = Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined || name === 'content-encoding' || name === 'content-length'
        ? []
        : [[name, String(value)] as [string, string]],
    )
    return new Response(bodiless.includes(answer.status) ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: given,
    })
  }
}
