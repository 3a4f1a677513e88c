import assert from 'node:assert/strict'
import { APIError, type ErrorCode, errorCodes } from '../../contract/index.ts'
import type { Answer, Client } from '../support/server.ts'

/** Checks a refusal: the contract's shape, the status of its code, and exactly these fields when fields are given. */
export function refuses(answer: Answer, code: ErrorCode, fields?: string[]): APIError['error'] {
  assert.deepEqual(
    [answer.status, answer.body?.error?.code],
    [errorCodes[code].status, code],
    JSON.stringify(answer.body),
  )
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  const { error, request_id } = isAPIError(answer.body)
  assert.equal(request_id, answer.headers.get('x-request-id'))
  if (fields) assert.deepEqual(Object.keys(error.field_errors ?? {}).sort(), [...fields].sort())
  return error
}

/** The same for a socket's acknowledgement. */
export function refusesAck(ack: any, code: ErrorCode, fields?: string[]): APIError['error'] {
  const { ok, ...body } = ack
  assert.deepEqual([ok, body.error?.code], [false, code], JSON.stringify(ack))
  const { error } = isAPIError(body)
  if (fields) assert.deepEqual(Object.keys(error.field_errors ?? {}).sort(), [...fields].sort())
  return error
}

/** Made once: that takes longer than a check. */
const onlyError = APIError.strict()

/** Exactly the contract's error, with nothing internal in its words. */
export function isAPIError(body: unknown): APIError {
  onlyError.parse(body)
  assert.doesNotMatch(JSON.stringify(body), /node_modules|\.ts:\d|select |insert |PostgreSQL|stack/i)
  return body as APIError // as it came: zod drops a key like __proto__
}

/** Hides the ids and the time, the only differences between two answers that must be indistinguishable. */
export const masked = ({ status, body }: Answer) =>
  [status, JSON.stringify({ ...body, timestamp: '', request_id: '' })] as const

export async function created(client: Client, path: string, body: object): Promise<any> {
  const answer = await client.rest('POST', path, body)
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}

export const addTask = (client: Client, fields: object = {}) =>
  created(client, '/tasks', { title: 'a task', ...fields })

let projects = 0
export const addProject = (client: Client, fields: object = {}) =>
  created(client, '/projects', { name: `project ${++projects}`, ...fields })

export async function addMember(owner: Client, project: { id: number }, client: Client, role: string): Promise<void> {
  const { status } = await owner.rest('PUT', `/projects/${project.id}/members/${client.person.id}`, { role })
  assert.equal(status, 200)
}
