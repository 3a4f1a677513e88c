/** A request that is ready to be sent. */
export interface WireRequest {
  url: string
  method: string
  headers: Record<string, string>
  body?: string | undefined
  signal?: AbortSignal | undefined
}

export interface WireAnswer {
  status: number
  headers: Headers
  text: string
}

/** Sends one request. Throws when there is no answer, or the signal's reason. */
export type Exchange = (request: WireRequest) => Promise<WireAnswer>

export const createFetchExchange =
  (fetch: typeof globalThis.fetch): Exchange =>
  async ({ url, signal, ...request }) => {
    const { body, ...rest } = request
    const response = await fetch(url, {
      ...rest,
      credentials: 'same-origin',
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
