import { limits, type MemberState } from '../../../contract/index.ts'
import type { ListedMember, Replicas } from './presence-replicas.ts'

/** The bytes of one page of people as JSON. The page ends there, however many people were requested. */
const pageBytes = 256 * 1024

/** The bytes of the list that the people of a room get once it is ordinary again. */
const everybodyBytes = 64 * 1024

const bytesOf = (member: MemberState) => Buffer.byteLength(JSON.stringify(member)) + 1
const withoutConnections = ({ user_id, state }: ListedMember): MemberState => ({ user_id, state })

export const everybody = (replicas: Replicas, room: string): MemberState[] =>
  replicas.members(room).map(withoutConnections)

/** Everybody, with the bytes of that as JSON; null when these are more than people who did not ask for it may get. */
export function everybodyInBounds(replicas: Replicas, room: string) {
  const members: MemberState[] = []
  let bytes = 0
  for (const id of replicas.ids(room)) {
    const member = withoutConnections(replicas.member(room, id)!)
    bytes += bytesOf(member)
    if (bytes > everybodyBytes) return null
    members.push(member)
  }
  return { members, bytes }
}

/**
 * Some people of a large room: first the viewer, who is always listed, then people with a state, then others. It costs
 * the same in a room of any size. Somebody is always left out, however few people are there, because a client takes a
 * list with everybody for that of an ordinary room.
 *
 * @returns the list, and its bytes as JSON
 */
export function someOf(replicas: Replicas, room: string, viewer: number, mostBytes: number) {
  const members: MemberState[] = []
  const seen = new Set<number>()
  const most = Math.min(limits.listedMembers, replicas.count(room) - 1)
  let bytes = 0
  for (const id of candidates(replicas, room, viewer)) {
    const member = seen.has(id) ? null : replicas.member(room, id)
    if (!member) continue
    const [one, size] = [withoutConnections(member), bytesOf(withoutConnections(member))]
    if (id !== viewer && (members.length >= most || bytes + size > mostBytes)) break
    seen.add(id)
    members.push(one)
    bytes += size
  }
  return { members, bytes }
}

function* candidates(replicas: Replicas, room: string, viewer: number): Generator<number> {
  yield viewer
  yield* replicas.idsWithState(room)
  yield* replicas.ids(room)
}

/**
 * The people of a room in the order of their ids, so that whoever stays is on exactly one page, whoever comes and goes.
 *
 * @param after the id that the page follows
 */
export function pageOfMembers(replicas: Replicas, room: string, after: number, size: number) {
  const ids = Float64Array.from(replicas.ids(room)).sort()
  let at = firstAfter(ids, after)
  const results: ListedMember[] = []
  for (let bytes = 0; at < ids.length && results.length < size; at++) {
    const member = replicas.member(room, ids[at]!)!
    bytes += bytesOf(member)
    if (results.length > 0 && bytes > pageBytes) break
    results.push(member)
  }
  return { count: ids.length, results, last: at < ids.length ? results.at(-1)!.user_id : null }
}

/** The index of the first id above `after`, in ascending ids. */
function firstAfter(ids: Float64Array, after: number): number {
  let [from, to] = [0, ids.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (ids[middle]! > after) to = middle
    else from = middle + 1
  }
  return from
}
