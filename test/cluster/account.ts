import { io, type Socket } from 'socket.io-client'
import type { User } from '../../contract/index.ts'
import { type Answer, type Client, expect, password } from '../support/server.ts'
import type { Instance } from './instance.ts'

/** A person with an account, who can be at any instance. */
export interface Account {
  person: User
  email: string
  /** A signed-in session of the person, at an instance; `at` on the session says where its next calls go. */
  at(instance: Instance): Visitor
  /** Signs in once more, with another session. */
  login(instance: Instance): Promise<Visitor>
}

export interface Visitor extends Client {
  instance: Instance
}

export interface Ask {
  token?: string
  body?: unknown
  headers?: Record<string, string>
  withinMs?: number
}

/** One request to one instance. @throws when no complete answer comes in time */
export async function ask(url: string, method: string, path: string, options: Ask = {}): Promise<Answer> {
  const { token, body, headers, withinMs = 20_000 } = options
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(withinMs),
  })
  const text = await response.text()
  const json = response.headers.get('content-type')?.includes('json')
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
}

let people = 0

export function createAccounts(instances: Instance[]) {
  const sockets = new Set<Socket>()

  function visitorOf(answer: Answer, instance: Instance): Visitor {
    const { access_token: token, refresh_token: refreshToken, user } = answer.body
    const visitor: Visitor = {
      instance,
      person: user,
      email: user.email,
      token,
      refreshToken,
      rest: (method, path, body, headers) =>
        ask(visitor.instance.url, method, path, { token: visitor.token, body, ...(headers && { headers }) }),
      socket: (auth, listen) => connect(visitor.instance.url, { token: visitor.token, ...auth }, sockets, listen),
    }
    return visitor
  }

  function accountOf(first: Visitor): Account {
    const { email, person } = first
    return {
      person,
      email,
      at: instance => copyAt(first, instance),
      login: async instance => visitorOf(await signInAt(instance, email), instance),
    }
  }

  /** The same session at another instance; the two change their instances independently. */
  function copyAt({ person, token, refreshToken }: Visitor, instance: Instance): Visitor {
    return visitorOf(
      { status: 200, headers: new Headers(), body: { access_token: token, refresh_token: refreshToken, user: person } },
      instance,
    )
  }

  const signInAt = ({ url }: Instance, email: string) =>
    expect(ask(url, 'POST', '/auth/login', { body: { email, password } }), 200)

  return {
    signIn: async (email: string): Promise<Account> =>
      accountOf(visitorOf(await signInAt(instances[0]!, email), instances[0]!)),
    register: async (name = 'person'): Promise<Account> => {
      const username = `${name}-${++people}`
      const body = { email: `${username}@example.com`, username, name, password }
      const answer = await expect(ask(instances[0]!.url, 'POST', '/auth/register', { body }), 201)
      return accountOf(visitorOf(answer, instances[0]!))
    },
    close: () => {
      for (const socket of sockets) socket.disconnect()
    },
  }
}

function connect(
  url: string,
  auth: Record<string, unknown>,
  sockets: Set<Socket>,
  listen?: (socket: Socket) => void,
): Promise<Socket> {
  const socket = io(url, { auth, transports: ['websocket'], forceNew: true, reconnection: false, timeout: 5_000 })
  sockets.add(socket)
  listen?.(socket)
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('connect_error', reject)
  })
}
