/** An answer of this instance to itself. */
export interface OwnAnswer {
  status: number
  /** Parsed if it was JSON, otherwise the text. */
  body: unknown
  headers: Headers
}

export interface OwnCall {
  method?: string
  token?: string | undefined
  body?: unknown
}

/** Calls this instance over HTTP, as a client would. Rejects when there is no answer within five seconds. */
export type CallOwn = (path: string, call?: OwnCall) => Promise<OwnAnswer>

const patienceMs = 5_000

/** @param address where this instance listens: `http://127.0.0.1:3000`; null while it does not */
export const createCallOwn =
  (address: () => string | null): CallOwn =>
  async (path, { method = 'GET', token, body } = {}) => {
    const origin = address()
    if (origin === null) throw new Error('the instance does not listen')
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(typeof body === 'object' && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
