import assert from 'node:assert/strict'
import type { Socket } from 'socket.io-client'
import type { Client } from '../support/server.ts'

export interface Heard {
  name: string
  payload: any
}

/** A socket, with everything that it receives from its very beginning, with or without offsets. */
export async function listen(client: Client, auth: object = {}): Promise<{ socket: Socket; heard: Heard[]; of: Pick }> {
  const heard: Heard[] = []
  const socket = await client.socket({ ...auth }, fresh => {
    fresh.onAny((name: string, payload: any) => void heard.push({ name, payload }))
  })
  const of: Pick = (...names) => heard.filter(({ name }) => names.includes(name)).map(({ payload }) => payload)
  return { socket, heard, of }
}

/** The payloads of certain events. */
type Pick = (...names: string[]) => any[]

/** Joins rooms, and fails if that did not work. */
export async function join(socket: Socket, rooms: string[], resume: object = {}, withinMs = 60_000): Promise<any> {
  const answer = await socket.timeout(withinMs).emitWithAck('join_room', { rooms, ...resume })
  assert.equal(answer.ok, true, JSON.stringify(answer))
  return answer
}
