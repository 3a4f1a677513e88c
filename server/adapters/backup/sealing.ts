import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { BackupRefused } from '../../ports/backups.ts'
import { type ByteReader, readerOf } from './byte-reader.ts'

/**
 * The encryption of a backup file. Docs: decisions/0015.
 *
 * A head (what it is, its version, a mark of the key, a random salt), then pieces of at most 256 KiB, each encrypted
 * with AES-256-GCM by a key of this file alone. The nonce of a piece is its number and whether it is the last one, and
 * each piece authenticates the head. So a piece that was changed, left out, moved, repeated or taken from another file
 * is noticed, and so is a file that was cut, or that goes on after its end.
 */
const magic = Buffer.from('TASKWIRE BACKUP\n')
const version = 1
const markBytes = 8
const saltBytes = 32
const headBytes = magic.length + 1 + markBytes + saltBytes
const tagBytes = 16
const pieceBytes = 256 * 1024
/** In the length of a piece: nothing comes after it. */
const lastFlag = 0x8000_0000

const derive = (secret: string, salt: Buffer, purpose: string, bytes: number) =>
  Buffer.from(hkdfSync('sha256', secret, salt, `taskwire backup: ${purpose}`, bytes))

/** Tells one key from another, and reveals nothing of either. */
const markOf = (secret: string) => derive(secret, Buffer.alloc(0), 'mark', markBytes)
const keyOf = (secret: string, salt: Buffer) => derive(secret, salt, 'content', 32)

function nonceOf(nth: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(nth, 7)
  nonce[11] = isLast ? 1 : 0
  return nonce
}

/** Encrypts a stream. */
export async function* seal(plain: AsyncIterable<Buffer>, secret: string): AsyncGenerator<Buffer> {
  const salt = randomBytes(saltBytes)
  const head = Buffer.concat([magic, Buffer.of(version), markOf(secret), salt])
  const key = keyOf(secret, salt)
  let nth = 0

  const sealPiece = (piece: Buffer, isLast: boolean): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE((isLast ? lastFlag : 0) + piece.length)
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(nth++, isLast)).setAAD(head)
    return Buffer.concat([length, cipher.update(piece), cipher.final(), cipher.getAuthTag()])
  }

  yield head
  const reader = readerOf(plain)
  let piece = await reader.upTo(pieceBytes)
  for (;;) {
    const next: Buffer = await reader.upTo(pieceBytes)
    yield sealPiece(piece, next.length === 0)
    if (next.length === 0) return
    piece = next
  }
}

/**
 * Decrypts a stream. What it yields is authentic; that nothing is missing at the end is known only when it has ended.
 *
 * @throws BackupRefused with the reason
 */
export async function* unseal(sealed: AsyncIterable<Buffer>, secret: string): AsyncGenerator<Buffer> {
  const reader = readerOf(sealed)
  try {
    const head = await readHead(reader, secret)
    const key = keyOf(secret, head.subarray(-saltBytes))
    for (let nth = 0; ; nth++) {
      const word = (await exactly(reader, 4)).readUInt32BE()
      const isLast = word >= lastFlag
      const length = isLast ? word - lastFlag : word
      if (length > pieceBytes) throw damaged(nth)
      const body = await exactly(reader, length + tagBytes)
      const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(nth, isLast)).setAAD(head)
      decipher.setAuthTag(body.subarray(length))
      let piece: Buffer
      try {
        piece = Buffer.concat([decipher.update(body.subarray(0, length)), decipher.final()])
      } catch {
        throw damaged(nth)
      }
      if (piece.length > 0) yield piece
      if (isLast) break
    }
    if ((await reader.upTo(1)).length > 0) throw new BackupRefused('The backup is damaged: it goes on after its end.')
  } finally {
    await reader.close()
  }
}

async function readHead(reader: ByteReader, secret: string): Promise<Buffer> {
  const head = await reader.upTo(headBytes)
  if (!head.subarray(0, magic.length).equals(magic)) throw new BackupRefused('This is not a backup of Taskwire.')
  const [found] = head.subarray(magic.length)
  if (found === undefined) throw cut()
  if (found !== version)
    throw new BackupRefused(`The backup has the format ${found}, of a newer release; this one reads format ${version}.`)
  if (head.length < headBytes) throw cut()
  if (!head.subarray(magic.length + 1, magic.length + 1 + markBytes).equals(markOf(secret)))
    throw new BackupRefused('The backup was encrypted with another key; BACKUP_KEY must be the one of that time.')
  return head
}

async function exactly(reader: ByteReader, length: number): Promise<Buffer> {
  const bytes = await reader.upTo(length)
  if (bytes.length < length) throw cut()
  return bytes
}

const cut = () => new BackupRefused('The backup is damaged: its end is missing.')
const damaged = (nth: number) =>
  new BackupRefused(`The backup is damaged: piece ${nth} was changed, or one before it is missing.`)
