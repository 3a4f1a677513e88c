import { Agent, request } from 'node:http'
import { type Attacker, keepDoing, type Target, wasProcessed } from './target.ts'

/** One request over a pool of connections; resolves when its answer has been read. */
function ask(agent: Agent, url: string, method: string, headers: Record<string, string> = {}, body?: string) {
  return new Promise<number>((resolve, reject) => {
    const sent = request(url, {
      method,
      agent,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    })
    sent.on('response', response => {
      response.on('error', reject)
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.resume()
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** This many clients send the same request over and over, each on a connection of its own. */
function askForever(
  { url }: Target,
  places: number,
  call: (nth: number) => { method?: string; path: string; headers?: Record<string, string>; body?: string },
) {
  const agent = new Agent({ keepAlive: true, maxSockets: places })
  let nth = 0
  const attack = keepDoing(places, async () => {
    const { method = 'GET', path, headers, body } = call(nth++)
    return wasProcessed(await ask(agent, `${url}/api/v1${path}`, method, headers, body))
  })
  return {
    ...attack,
    stop: async () => {
      agent.destroy()
      await attack.stop()
    },
  }
}

const as = ({ token }: Target) => ({ authorization: `Bearer ${token}` })

/** Ten strangers ask for the health of the server, all the time. */
export const healthChecks: Attacker = async target => askForever(target, 10, () => ({ path: '/health/detailed' }))

/** Eighty readers of one account read the log from its beginning. */
export const logReaders: Attacker = async target =>
  askForever(target, 80, () => ({ path: '/events?room=tasks&since=0&limit=1000', headers: as(target) }))

/** Eighty readers of one account read the longest list. */
export const listReaders: Attacker = async target =>
  askForever(target, 80, () => ({ path: '/tasks?category=long&page_size=100', headers: as(target) }))

/** Eighty searches of one account at a time. */
export const searches: Attacker = async target =>
  askForever(target, 80, nth => ({ path: `/tasks?search=a${nth % 7}&sort=relevance`, headers: as(target) }))

/** Seventy strangers try passwords. */
export const signIns: Attacker = async target =>
  askForever(target, 70, nth => ({
    method: 'POST',
    path: '/auth/login',
    body: JSON.stringify({ email: `nobody-${nth}@example.com`, password: 'wrong horse 9' }),
  }))

/** Seventy strangers send invented refresh tokens. */
export const refreshes: Attacker = async target =>
  askForever(target, 70, nth => ({
    method: 'POST',
    path: '/auth/refresh',
    body: JSON.stringify({ refresh_token: String(nth).padEnd(43, 'A') }),
  }))

const manyKeys = JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, nth) => [`k${nth}`, 0])))

/** Twenty strangers send bodies of sixty thousand unknown fields. */
export const unknownFields: Attacker = async target =>
  askForever(target, 20, () => ({ method: 'POST', path: '/auth/login', body: manyKeys }))
