import type { Readable } from 'node:stream'
import { Busboy, type BusboyFileStream } from '@fastify/busboy'
import type { Context } from 'koa'
import { limits } from '../../../contract/index.ts'
import { AppError, invalid } from '../../kernel/errors.ts'
import { liftLimit } from './body-deadline.ts'
import { paced, type Pace } from './pace.ts'

export interface Form<F> {
  fields: Record<string, string>
  files: F[]
}

const fileField = 'file'
/** What a form may bring. */
export interface FormBounds {
  files: number
  /** Of each. */
  fileBytes: number
}

/** Chunks of one form whose memory is given back as soon as nobody needs them. */
const mostInUse = 8

/** What a form may have at most; the rest of it is small. */
export const mostFormBytes = ({ files, fileBytes }: FormBounds) => files * fileBytes + limits.bodyBytes
const bounds = {
  fieldNameSize: 100,
  fieldSize: 1_000,
  fields: 10,
  headerPairs: 20,
  headerSize: 8_192,
}

/**
 * Reads multipart/form-data as it streams in. Field names are flat: a parser that makes objects of `items[4294967294]`
 * can be made to hang. After the first fault the rest is read and dropped, so that the client can read what it was.
 *
 * @param receive takes one file's bytes in; null when they are too many
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

  async function take(name: string, stream: BusboyFileStream, filename: string) {
    if (name !== fileField) fail(invalid({ [name]: 'is not known' }))
    if (fault) return void stream.resume()
    // Small ones are received at once and done in any order; they stand in the form's.
    const nth = begun++
    try {
      const file = await receive(stream, filename)
      if (file === null || stream.truncated) fail(tooLarge(most))
      else files[nth] = file
    } catch (error) {
      fail(error)
      stream.resume()
    }
  }
  form.on('file', (name = 'body', stream, filename = '') => {
    stream.on('error', () => fail(brokenOff()))
    open.set(
      stream,
      take(name, stream, filename).finally(() => open.delete(stream)),
    )
  })
  form.on('field', (name = 'body', value, _, truncated) => {
    if (name === fileField) fail(invalid({ [name]: 'must be a file' }))
    else if (name in fields) fail(invalid({ [name]: 'may be given once' }))
    else fields[name] = truncated ? value.padEnd(bounds.fieldSize + 1) : value
  })
  form.on('filesLimit', () =>
    fail(invalid({ [fileField]: most.files === 1 ? 'may be given once' : `may be given at most ${most.files} times` })),
  )
  form.on('fieldsLimit', () => fail(invalid({ body: 'has too many fields' })))
  form.on('error', () => fail(brokenOff()))

  try {
    await pump(ctx, pace, form, most, () => [...open.keys()].every(({ readableLength }) => readableLength === 0))
  } catch (error) {
    fail(error)
    // The rest of the body will never be read.
    ctx.set('Connection', 'close')
  }
  if (fault) for (const stream of open.keys()) stream.destroy(new Error('the form has ended'))
  await Promise.all(open.values())
  // The caller, who has been handed each, discards those that came in.
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
      limits: { ...bounds, files, fileSize: fileBytes + 1 },
    })
  } catch (error) {
    throw new AppError('validation_error', 'The form cannot be read.', {
      fields: { 'Content-Type': ['must name the boundary'] },
      cause: error,
    })
  }
}

/**
 * Feeds the parser as fast as it takes. What comes beyond the bounds of any form is dropped, and then no longer read.
 *
 * @param allTaken whether those who receive the files have taken everything that came for them
 */
async function pump(
  ctx: Context,
  pace: Pace,
  form: InstanceType<typeof Busboy>,
  most: FormBounds,
  allTaken: () => boolean,
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
  form.on('drain', () => goOn())
  let size = 0
  const inUse: Buffer[] = []
  liftLimit(ctx.req)
  for await (const chunk of paced(ctx.req, pace)) {
    size += chunk.length
    if (size > 2 * mostBytes) throw tooLarge(most)
    if (size > mostBytes || over) continue
    let parsed = false
    const more = form.write(chunk, () => (parsed = true))
    // When they are too many it is left to the collector: what is in use must not pile up here.
    if (inUse.push(chunk) > mostInUse) inUse.shift()
    if (more) continue
    await new Promise<void>(resolve => {
      goOn = resolve
      if (over) resolve()
    })
    if (parsed && allTaken()) for (const used of inUse.splice(0)) free(used)
  }
  if (size > mostBytes) throw tooLarge(most)
  if (!over) form.end()
  await ended
}

/**
 * Gives a chunk's memory back now. Chunks lie outside of V8's heap, which looks for those that nobody needs any more only
 * when they are 32 MB.
 */
function free(chunk: Buffer): void {
  const { buffer } = chunk
  // A small one is a piece of something that others use too.
  if (buffer instanceof ArrayBuffer && chunk.length === buffer.byteLength) buffer.transfer(0)
}

const tooLarge = ({ fileBytes }: FormBounds) =>
  new AppError('payload_too_large', 'A file is too large.', {
    fields: { [fileField]: [`may have at most ${fileBytes} bytes`] },
  })

const brokenOff = () =>
  new AppError('validation_error', 'The form is not complete.', { fields: { body: ['ends in the middle'] } })
