import { checkAnswer } from './answers.ts'
import { note } from './faults.ts'

/** The address of the API of each server: `http://127.0.0.1:1234/board/api`. */
const checked = new Set<string>()
const plainFetch = globalThis.fetch

/** Checks all answers of a server to `fetch` against openapi.json, whether the tests or the SDK call it. */
export function checkFetches(origin: string, basePath: string): void {
  for (const path of new Set(['', basePath])) checked.add(`${origin}${path}/api`)
  globalThis.fetch = checkingFetch
}

const checkingFetch: typeof fetch = async (input, init) => {
  const response = await plainFetch(input, init)
  const url = new URL(input instanceof Request ? input.url : input)
  const [, api, path] = /^(.*?\/api)(?:\/v1)?(\/.*)$/.exec(url.origin + url.pathname) ?? []
  // The documents do not describe themselves, and SCIM does so by its own schemas.
  const isElsewhere = /^\/((open|async)api\.json|docs(\/|$)|scim\/)/
  if (!checked.has(api!) || path === undefined || isElsewhere.test(path)) return response
  const body = await contentOf(response)
  const { status, headers } = response
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET')
  // What was refused is not looked at; it may be large.
  const sent = response.ok ? sentIn(init) : undefined
  note(() => checkAnswer({ method, path: path + url.search, sent, status, headers, body }))
  return response
}

/** @returns undefined for a body that is not JSON, or is not complete */
async function contentOf(response: Response): Promise<unknown> {
  if (!response.body || response.headers.get('content-length') === '0') return ''
  // A file of lines of JSON is no JSON.
  if (!response.headers.get('content-type')?.startsWith('application/json')) return undefined
  try {
    return JSON.parse(await response.clone().text())
  } catch {
    return undefined
  }
}

/** @returns undefined for a body that is not JSON */
function sentIn(init: RequestInit | undefined): unknown {
  try {
    return typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
  } catch {
    return undefined
  }
}
