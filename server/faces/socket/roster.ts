import { addressKey } from '../../kernel/client-address.ts'
import type { Member } from './member.ts'

/** The connected members of this instance, found by person, session, API key and address. */
export interface Roster {
  add(member: Member): void
  remove(member: Member): void
  all(): Iterable<Member>
  ofPerson(id: number): ReadonlySet<Member>
  ofSession(id: string): ReadonlySet<Member>
  ofKey(id: number): ReadonlySet<Member>
  /** The members at this address; for IPv6 in its network of 2^64 addresses. */
  ofAddress(address: string): ReadonlySet<Member>
  readonly size: number
}

const none: ReadonlySet<Member> = new Set()

export function createRoster(): Roster {
  const all = new Set<Member>()
  const people = new Map<number, Set<Member>>()
  const sessions = new Map<string, Set<Member>>()
  const keys = new Map<number, Set<Member>>()
  const addresses = new Map<string, Set<Member>>()

  const put = <K>(index: Map<K, Set<Member>>, key: K, member: Member) => {
    const set = index.get(key) ?? new Set()
    index.set(key, set.add(member))
  }
  const drop = <K>(index: Map<K, Set<Member>>, key: K, member: Member) => {
    const set = index.get(key)
    if (set?.delete(member) && set.size === 0) index.delete(key)
  }

  return {
    add: member => {
      all.add(member)
      put(people, member.person.id, member)
      if (member.sessionId !== null) put(sessions, member.sessionId, member)
      if (member.key) put(keys, member.key.id, member)
      put(addresses, addressKey(member.address), member)
    },
    remove: member => {
      all.delete(member)
      drop(people, member.person.id, member)
      if (member.sessionId !== null) drop(sessions, member.sessionId, member)
      if (member.key) drop(keys, member.key.id, member)
      drop(addresses, addressKey(member.address), member)
    },
    all: () => all,
    ofPerson: id => people.get(id) ?? none,
    ofSession: id => sessions.get(id) ?? none,
    ofKey: id => keys.get(id) ?? none,
    ofAddress: address => addresses.get(addressKey(address)) ?? none,
    get size() {
      return all.size
    },
  }
}
