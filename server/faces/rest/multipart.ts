import type { Readable } from 'node:stream'
import { Busboy, type BusboyFileStream } from '@fastify/busboy'
import type { Context } from 'koa'
import { limits, sizeText } from '../../../contract/index.ts'
import { AppError, invalid } from '../../kernel/errors.ts'
import { refusal, type WhichFile } from '../../kernel/file-refusal.ts'
import { liftLimit } from './body-deadline.ts'
import { paced, type Pace } from './pace.ts'

export interface Form<F> {
  fields: Record<string, string>
  files: F[]
}

const fileField = 'file'
/** The limits of a form. */
export interface FormBounds {
  files: number
  /** Bytes of each file. */
  fileBytes: number
}

/** The number of chunks of one form whose memory is freed explicitly as soon as they are consumed. */
const mostInUse = 8

/** The largest size of a form; everything in it except the files is small. */
export const mostFormBytes = ({ files, fileBytes }: FormBounds) => files * fileBytes + limits.bodyBytes
/** The length to which the name of a field is cut in errors. */
const mostNameCharacters = 100
/**
 * The number of bytes that are parsed at a time. For a form of thousands of tiny parts that takes some milliseconds.
 */
const pieceBytes = 8 * 1024
const bounds = {
  fieldSize: 1_000,
  fields: 10,
  headerPairs: 20,
  headerSize: 8_192,
}

/**
 * Reads multipart/form-data as a stream. Field names are flat: a parser that creates objects from `items[4294967294]`
 * can be made to hang. After the first fault the rest is read and dropped without parsing, so that the client can read
 * the error.
 *
 * @param receive stores the bytes of one file; resolves with null when they are too many
 * @throws AppError `unsupported_media_type`, `validation_error`, `payload_too_large`, and what `receive` throws
 */
export async function readForm<F>(
  ctx: Context,
  pace: Pace,
  most: FormBounds,
  receive: (from: Readable, name: string) => Promise<F | null>,
): Promise<Form<F>> {
  const form = parserFor(ctx, most)
  const fields: Record<string, string> = Object.create(null)
  const files: F[] = []
  const open = new Map<BusboyFileStream, Promise<void>>()
  let begun = 0
  let fault: unknown
  const fail = (error: unknown) => void (fault ??= error)

  const nameOf = (given: string | undefined) => (given ?? 'body').slice(0, mostNameCharacters)

  async function take(name: string, stream: BusboyFileStream, filename: string) {
    if (name !== fileField) fail(invalid({ [name]: 'is not known' }))
    if (fault) return void stream.resume()
    // Small files are received at the same time and may finish in any order; the list keeps the order of the form.
    const nth = begun++
    const named = unescaped(filename)
    try {
      const file = await receive(stream, named)
      if (file === null || stream.truncated) fail(fileTooLarge(most, { name: named, nth, of: begun }))
      else files[nth] = file
    } catch (error) {
      fail(error)
      stream.resume()
    }
  }
  form.on('file', (name, stream, filename = '') => {
    stream.on('error', () => fail(brokenOff()))
    open.set(
      stream,
      take(nameOf(name), stream, filename).finally(() => open.delete(stream)),
    )
  })
  form.on('field', (given, value, _, truncated) => {
    const name = nameOf(given)
    if (name === fileField) fail(invalid({ [name]: 'must be a file' }))
    else if (name in fields) fail(invalid({ [name]: 'may be given once' }))
    else fields[name] = truncated ? value.padEnd(bounds.fieldSize + 1) : value
  })
  form.on('filesLimit', () =>
    fail(invalid({ [fileField]: most.files === 1 ? 'may be given once' : `may be given at most ${most.files} times` })),
  )
  form.on('fieldsLimit', () => fail(invalid({ body: 'has too many fields' })))
  form.on('partsLimit', () => fail(invalid({ body: 'has too many parts' })))
  form.on('error', () => fail(brokenOff()))

  try {
    await pump(ctx, pace, form, most, {
      isWanted: () => fault === undefined,
      isTaken: () => [...open.keys()].every(({ readableLength }) => readableLength === 0),
    })
  } catch (error) {
    fail(error)
    // The rest of the body will not be read.
    ctx.set('Connection', 'close')
  }
  if (fault) for (const stream of open.keys()) stream.destroy(new Error('the form has ended'))
  await Promise.all(open.values())
  // The caller has seen each received file and discards them.
  if (fault) throw fault
  if (files.length === 0) throw invalid({ [fileField]: 'is required' })
  return { fields, files }
}

function parserFor(ctx: Context, { files, fileBytes }: FormBounds) {
  const encoding = ctx.get('Content-Encoding')
  if (!ctx.is('multipart/form-data') || !['', 'identity'].includes(encoding)) {
    throw new AppError('unsupported_media_type', 'Send multipart/form-data, not encoded.')
  }
  try {
    return new Busboy({
      headers: { ...ctx.headers, 'content-type': ctx.get('Content-Type') },
      limits: { ...bounds, files, parts: bounds.fields + files + 1, fileSize: fileBytes + 1 },
    })
  } catch (error) {
    throw new AppError('validation_error', 'The form cannot be read.', {
      fields: { 'Content-Type': ['must name the boundary'] },
      cause: error,
    })
  }
}

/** The state of the parser and of the receivers while a form is fed to them. */
interface Fed {
  /** No fault has occurred so far. */
  isWanted: () => boolean
  /** The receivers have consumed all bytes that came for them. */
  isTaken: () => boolean
}

/**
 * Feeds the parser at its own speed. Bytes beyond the limits of any form are dropped, and after some more nothing is
 * read.
 */
async function pump(
  ctx: Context,
  pace: Pace,
  form: InstanceType<typeof Busboy>,
  most: FormBounds,
  { isWanted, isTaken }: Fed,
) {
  const mostBytes = mostFormBytes(most)
  let over = false
  let goOn = () => {}
  const ended = new Promise<void>(resolve => {
    const end = () => {
      over = true
      goOn()
      resolve()
    }
    form.once('finish', end).once('close', end).once('error', end)
  })
  const parse = (piece: Buffer) =>
    new Promise<void>(resolve => {
      goOn = resolve
      form.write(piece, () => resolve())
    })
  let size = 0
  const inUse: Buffer[] = []
  liftLimit(ctx.req)
  for await (const chunk of paced(ctx.req, pace)) {
    size += chunk.length
    if (size > 2 * mostBytes) throw tooLarge(most)
    for (let from = 0; from < chunk.length; from += pieceBytes) {
      if (size > mostBytes || over || !isWanted()) break
      await parse(chunk.subarray(from, from + pieceBytes))
      if (isTaken()) for (const used of inUse.splice(0)) free(used)
    }
    if (isTaken()) free(chunk)
    // When too many chunks are in use they are left to the garbage collector, so that the list does not grow.
    else if (inUse.push(chunk) > mostInUse) inUse.shift()
  }
  if (size > mostBytes) throw tooLarge(most)
  if (over || !isWanted()) return
  form.end()
  await ended
}

/**
 * Frees the memory of a chunk at once. Chunks are outside of V8's heap, and V8 looks for unused ones only when they
 * reach 32 MB.
 */
function free(chunk: Buffer): void {
  const { buffer } = chunk
  // A small chunk is a slice of a buffer that others use too.
  if (buffer instanceof ArrayBuffer && chunk.length === buffer.byteLength) buffer.transfer(0)
}

const tooLarge = ({ fileBytes }: FormBounds) =>
  new AppError('payload_too_large', 'A file is too large.', {
    fields: { [fileField]: [`may have at most ${sizeText(fileBytes)}`] },
  })

const fileTooLarge = ({ fileBytes }: FormBounds, which: WhichFile) =>
  refusal('payload_too_large', which, `may have at most ${sizeText(fileBytes)}: make it smaller, or send it in parts`)

/** Browsers escape a quotation mark in a name this way, and nothing else (HTML, multipart/form-data encoding). */
const unescaped = (filename: string) => filename.replaceAll('%22', '"')

const brokenOff = () =>
  new AppError('validation_error', 'The form is not complete.', { fields: { body: ['ends in the middle'] } })
