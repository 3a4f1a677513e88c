import assert from 'node:assert/strict'
import { request } from 'node:http'

export interface Polled {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** A request at Engine.IO's path, with any method, header and query. */
export function engine(
  url: string,
  { method = 'GET', path = '/socket.io/', query = {}, headers = {}, body }: EngineRequest = {},
): Promise<Polled> {
  const address = new URL(path, url)
  for (const [name, value] of Object.entries({ EIO: '4', transport: 'polling', ...query }))
    address.searchParams.set(name, value)
  return new Promise((resolve, reject) => {
    const asking = request(address, { method, headers, agent: false }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
    })
    // The answer to a refused upgrade.
    asking.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode!, headers: response.headers, text: '' })
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

export interface EngineRequest {
  method?: string
  path?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: string | Buffer
}

export const upgradeHeaders = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

/** A polling session, connected with a token. */
export async function pollingSession(
  url: string,
  token: string,
  headers: Record<string, string> = {},
  auth: object = {},
) {
  const open = await engine(url, { headers })
  assert.equal(open.status, 200, open.text)
  const { sid } = JSON.parse(open.text.slice(1)) as { sid: string }
  const ask = (options: EngineRequest = {}) =>
    engine(url, { ...options, headers: { ...headers, ...options.headers }, query: { sid, ...options.query } })
  const post = (body: string, options: EngineRequest = {}) => ask({ method: 'POST', body, ...options })
  assert.equal((await post(`40${JSON.stringify({ token, ...auth })}`)).status, 200)
  const { text } = await ask()
  assert.match(text, /^40/)
  return { sid, ask, post }
}
