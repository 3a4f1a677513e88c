import { createCipheriv, createHash } from 'node:crypto'
import { lastMatch } from './behind.ts'
import { filledPassword, rc4 } from './pdf-ciphers.ts'
import type { Pieces } from './pieces.ts'

const dictionaryBytes = 8 * 1024

/** The encryption dictionary of a PDF (ISO 32000-2, 7.6.4). */
interface Encryption {
  revision: number
  keyBytes: number
  permissions: number
  owner: Buffer
  user: Buffer
  id: Buffer
  metadata: boolean
}

/**
 * Whether a PDF asks for a password before it shows anything. Many are encrypted only to stop programs from printing or
 * copying, with an empty user password, which every reader tries first.
 */
export async function asksForPassword(file: Pieces): Promise<boolean> {
  const found = await lastMatch(file, /\/Encrypt\s+(\d{1,10})\s+(\d{1,5})\s+R\b|\/Encrypt\s*<</g, 64)
  if (!found) return false
  const dictionary = await dictionaryAt(file, found)
  // These words may also occur in a text about PDF.
  if (dictionary === null || !/\/V\s+\d/.test(dictionary) || !/\/Filter\s*\/\w/.test(dictionary)) return false
  // Public keys, which only some people have.
  if (!/\/Filter\s*\/Standard\b/.test(dictionary)) return true
  const id = await lastMatch(file, /\/ID\s*\[/g, 300)
  const ids = id ? (await file.read(id.at, 300)).toString('latin1') : ''
  const encryption = encryptionIn(dictionary, stringAfter(ids, /\/ID\s*\[\s*/) ?? Buffer.alloc(0))
  return encryption !== null && !opensWithNothing(encryption)
}

async function dictionaryAt(
  file: Pieces,
  { at, match }: { at: number; match: RegExpExecArray },
): Promise<string | null> {
  const [, number, generation] = match
  if (number === undefined) return (await file.read(at, dictionaryBytes)).toString('latin1')
  const object = await lastMatch(file, new RegExp(`(?<!\\d)${number}\\s+${generation}\\s+obj\\b`, 'g'), 32)
  return object && (await file.read(object.at, dictionaryBytes)).toString('latin1').split(/\bendobj\b/)[0]!
}

function encryptionIn(text: string, id: Buffer): Encryption | null {
  const number = (key: string, otherwise: number) =>
    Number(new RegExp(`/${key}\\s+(-?\\d+)`).exec(text)?.[1] ?? otherwise)
  const owner = stringAfter(text, /\/O\s*(?=[(<])/)
  const user = stringAfter(text, /\/U\s*(?=[(<])/)
  if (!owner || !user) return null
  const [revision, version] = [number('R', 0), number('V', 0)]
  const keyBytes = version === 1 ? 5 : Math.min(16, Math.max(5, number('Length', version === 4 ? 128 : 40) / 8))
  const permissions = number('P', 0) | 0
  return {
    revision,
    keyBytes: revision === 4 ? 16 : keyBytes,
    permissions,
    owner,
    user,
    id,
    metadata: !/\/EncryptMetadata\s+false/.test(text),
  }
}

function opensWithNothing({ revision, keyBytes, permissions, owner, user, id, metadata }: Encryption): boolean {
  if (revision >= 5) {
    const salt = user.subarray(32, 40)
    const hash = revision === 5 ? createHash('sha256').update(salt).digest() : hardened(salt)
    return hash.equals(user.subarray(0, 32))
  }
  const bits = Buffer.alloc(4)
  bits.writeInt32LE(permissions)
  const parts = [filledPassword, owner.subarray(0, 32), bits, id]
  if (revision >= 4 && !metadata) parts.push(Buffer.alloc(4, 0xff))
  let key: Buffer = md5(...parts)
  for (let round = 0; revision >= 3 && round < 50; round++) key = md5(key.subarray(0, keyBytes))
  key = key.subarray(0, revision === 2 ? 5 : keyBytes)
  if (revision === 2) return rc4(key, filledPassword).equals(user.subarray(0, 32))
  let check: Buffer = md5(filledPassword, id)
  for (let round = 0; round < 20; round++)
    check = rc4(
      key.map(byte => byte ^ round),
      check,
    )
  return check.equals(user.subarray(0, 16))
}

const md5 = (...parts: Uint8Array[]) => createHash('md5').update(Buffer.concat(parts)).digest()

/** Algorithm 2.B for an empty password. */
function hardened(salt: Buffer): Buffer {
  let key: Buffer = createHash('sha256').update(salt).digest()
  for (let round = 0, last = 0; round < 64 || last > round - 32; round++) {
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32)).setAutoPadding(false)
    const mixed = cipher.update(Buffer.concat(Array.from({ length: 64 }, () => key)))
    const kind = mixed.subarray(0, 16).reduce((sum, byte) => sum + byte, 0) % 3
    key = createHash(['sha256', 'sha384', 'sha512'][kind]!).update(mixed).digest()
    last = mixed.at(-1)!
  }
  return key.subarray(0, 32)
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/** A string of PDF after a key, in parentheses or in hexadecimal. */
function stringAfter(text: string, key: RegExp): Buffer | null {
  const found = key.exec(text)
  if (!found) return null
  const rest = text.slice(found.index + found[0].length)
  const [, hex] = /^<([\da-f\s]*)>/i.exec(rest) ?? []
  if (hex !== undefined) return Buffer.from(hex.replace(/\s/g, ''), 'hex')
  if (!rest.startsWith('(')) return null
  let value = ''
  let depth = 0
  for (let at = 0; at < rest.length; at++) {
    const mark = rest[at]!
    if (mark === '\\') {
      const [octal = ''] = /^[0-7]{1,3}/.exec(rest.slice(at + 1)) ?? []
      const next = rest[++at] ?? ''
      if (octal !== '') {
        value += String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
        at += octal.length - 1
      } else if (next === '\r' && rest[at + 1] === '\n') at++
      else if (next !== '\n' && next !== '\r') value += escapes[next] ?? next
      continue
    }
    if (mark === '(' && depth++ === 0) continue
    if (mark === ')' && --depth === 0) return Buffer.from(value, 'latin1')
    value += mark
  }
  return null
}
