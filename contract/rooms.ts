import { z } from 'zod'
import { topics, type Topic } from './resources.ts'

/** A parsed room name. The policy of the rooms, and not this grammar, decides who may join. */
export type Room =
  | { kind: 'topic'; name: Topic }
  | { kind: 'project'; name: `project_${number}`; id: number }
  | { kind: 'user'; name: `user_${number}`; id: number }
  | { kind: 'admin'; name: 'admin' }

const numbered = /^(project|user)_([1-9][0-9]{0,15})$/

/** Parses a room name; null when it is not one. */
export function parseRoom(name: string): Room | null {
  if ((topics as readonly string[]).includes(name)) return { kind: 'topic', name: name as Topic }
  if (name === 'admin') return { kind: 'admin', name }
  const [, kind, digits] = numbered.exec(name) ?? []
  const id = Number(digits)
  if (!Number.isSafeInteger(id)) return null
  return kind === 'project' ? { kind, name: `project_${id}`, id } : { kind: 'user', name: `user_${id}`, id }
}

export const RoomName = z
  .string()
  .max(40)
  .refine(name => parseRoom(name) !== null, 'is not the name of a room')
