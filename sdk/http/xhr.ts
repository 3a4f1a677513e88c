import type { Exchange } from './exchange.ts'

type On = (name: string, listener: () => void) => void

/** The part of XMLHttpRequest that is needed, because Node has none. */
interface Xhr {
  readonly upload: {
    addEventListener(name: 'progress', listener: (event: { loaded: number; total: number }) => void): void
  }
  readonly status: number
  readonly responseText: string
  readonly addEventListener: On
  open(method: string, url: string): void
  setRequestHeader(name: string, value: string): void
  getAllResponseHeaders(): string
  send(body: FormData): void
  abort(): void
}

const globals = globalThis as { XMLHttpRequest?: new () => Xhr }

export const canUploadByXhr = (): boolean => globals.XMLHttpRequest !== undefined

function headersOf(lines: string): Headers {
  const headers = new Headers()
  for (const line of lines.split('\r\n')) {
    const at = line.indexOf(':')
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim())
  }
  return headers
}

/** Sends a form with XMLHttpRequest, because only that reports in browsers how much has been sent. */
export const createXhrExchange =
  (form: FormData, onProgress?: (progress: { sent: number; total: number }) => void): Exchange =>
  ({ url, method, headers, signal }) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const request = new globals.XMLHttpRequest!()
      const abort = () => request.abort()
      const answer = () => ({
        status: request.status,
        headers: headersOf(request.getAllResponseHeaders()),
        text: request.responseText,
      })
      request.upload.addEventListener('progress', ({ loaded, total }) => onProgress?.({ sent: loaded, total }))
      request.addEventListener('load', () => resolve(answer()))
      request.addEventListener('error', () => reject(new TypeError('the request failed')))
      request.addEventListener('abort', () => reject(signal?.reason as Error))
      request.addEventListener('loadend', () => signal?.removeEventListener('abort', abort))
      request.open(method, url)
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
      signal?.addEventListener('abort', abort, { once: true })
      request.send(form)
    })
