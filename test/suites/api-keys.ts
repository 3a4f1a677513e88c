import type { Socket } from 'socket.io-client'
import type { ApiKey } from '../../contract/index.ts'
import { type Answer, type Client, expect, type TestServer } from '../support/server.ts'

/** A program with an API key. */
export interface Program {
  /** As it was made. */
  apiKey: ApiKey
  key: string
  rest: Client['rest']
  socket(auth?: Record<string, unknown>, listen?: (socket: Socket) => void): Promise<Socket>
}

/** Somebody’s program, with a new key of theirs that has these permissions. */
export async function programOf(
  server: Pick<TestServer, 'rest'>,
  owner: Client,
  permissions: readonly string[],
  more: object = {},
): Promise<Program> {
  const { body } = await expect(owner.rest('POST', '/api-keys', { name: 'A program', permissions, ...more }), 201)
  const { key, ...apiKey } = body
  return withKey(server, owner, key, apiKey)
}

export const withKey = (
  server: Pick<TestServer, 'rest'>,
  owner: Client,
  key: string,
  apiKey: ApiKey = {} as ApiKey,
): Program => ({
  apiKey,
  key,
  rest: (method, path, body, headers): Promise<Answer> =>
    server.rest(method, path, body, { 'x-api-key': key, ...headers }),
  socket: (auth, listen) => owner.socket({ token: undefined, api_key: key, ...auth }, listen),
})
