import { type Named, objectIn, stringIn } from './format.ts'

/** The people in a field with addresses and a field with names; each may name several people. */
export function peopleIn(addresses: unknown, names: unknown): Named[] {
  const [mails, called] = [namedIn(addresses), namedIn(names)]
  // Both fields name the same people.
  if (mails.length === called.length) return mails.map((mail, nth) => [...mail, ...called[nth]!])
  return mails.length > called.length ? mails : called
}

function namedIn(value: unknown): Named[] {
  if (Array.isArray(value)) return value.flatMap(namedIn)
  const { login, username, email, name } = objectIn(value) ?? {}
  const all = [value, username, login, email, name].map(stringIn).filter(text => text !== null)
  const [first] = all
  if (first === undefined) return []
  if (typeof value !== 'string') return [all]
  // `Ann <ann@example.com>` gives name and address; "ann, bob" names two people, and "Doe, Jane" one.
  const parts = first
    .slice(0, mostCharacters)
    .replace(/^\s*\[(.*)\]\s*$/s, '$1')
    .split(/[,;\n]/)
    .map(plain)
    .filter(part => part !== '')
  const [one = first.trim(), ...others] = parts
  return [[...new Set([first.trim(), one])], ...others.map(other => [other])]
}

/** More names than are looked up anyway. */
const mostCharacters = 10_000
const plain = (part: string) => (/<([^<>\s@]+@[^<>\s@]+)>$/.exec(part.trim())?.[1] ?? part).trim()
