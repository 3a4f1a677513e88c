import anyAscii from 'any-ascii'
import { randomBytes } from 'node:crypto'
import { limits } from '../../../contract/index.ts'

/**
 * `Größe & Привет 2` → `grosse-privet-2`. Never empty, and never all digits, which would be read as an id: `2` →
 * `project-2`.
 */
export function slugFrom(name: string, kind = 'project'): string {
  const letters = name.normalize('NFC').replace(/\p{Extended_Pictographic}/gu, ' ')
  const words = anyAscii(letters)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, limits.slug - 20)
    .replace(/^-+|-+$/g, '')
  return /[a-z]/.test(words) ? words : `${kind}-${words}`.replace(/-$/, '')
}

/** Variants of a derived slug, for when it is taken. */
export function* variants(slug: string): Generator<string> {
  yield slug
  for (let n = 2; n <= 20; n++) yield `${slug}-${n}`
  // After this many of one name, counting on would take ever longer.
  for (let n = 0; n < 5; n++) yield `${slug}-${randomBytes(4).toString('hex')}`
}
