import { checkAnswer } from './answers.ts'
import { note } from './faults.ts'

/** Where the API is, of each server: `http://127.0.0.1:1234/board/api`. */
const checked = new Set<string>()
const plainFetch = globalThis.fetch

/** Holds what a server answers against openapi.json, whoever asks by `fetch`: the tests, or the SDK for them. */
export function checkFetches(origin: string, basePath: string): void {
  for (const path of new Set(['', basePath])) checked.add(`${origin}${path}/api`)
  globalThis.fetch = checkingFetch
}

const checkingFetch: typeof fetch = async (input, init) => {
  const response = await plainFetch(input, init)
  const url = new URL(input instanceof Request ? input.url : input)
  const [, api, path] = /^(.*?\/api)(?:\/v1)?(\/.*)$/.exec(url.origin + url.pathname) ?? []
  // The documents do not describe themselves.
  if (!checked.has(api!) || path === undefined || /^\/(open|async)api\.json/.test(path)) return response
  const body = await contentOf(response)
  const { status, headers } = response
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET')
  note(() => checkAnswer({ method, path: path + url.search, sent: sentIn(init), status, headers, body }))
  return response
}

/** @returns undefined for what is not JSON, or does not arrive whole */
async function contentOf(response: Response): Promise<unknown> {
  if (!response.body) return ''
  if (!response.headers.get('content-type')?.includes('json')) return undefined
  try {
    return JSON.parse(await response.clone().text())
  } catch {
    return undefined
  }
}

/** @returns undefined for what is not JSON */
function sentIn(init: RequestInit | undefined): unknown {
  try {
    return typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
  } catch {
    return undefined
  }
}
