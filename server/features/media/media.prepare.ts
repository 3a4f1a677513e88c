import { Readable } from 'node:stream'
import type { MediaType } from '../../../contract/index.ts'
import { refusal, type WhichFile } from '../../kernel/file-refusal.ts'
import type { ImageFormat } from '../../ports/images.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { TemporaryFile } from '../../ports/storage.ts'
import type { MediaDeps } from './media.deps.ts'
import { baseNameOf, newFilename } from './media.names.ts'
import type { Received } from './media.received.ts'
import { damaged } from './content/verdict.ts'
import { sniff } from './sniff.ts'

/** A file whose type has been determined. */
export interface Prepared {
  filename: string
  originalName: string
  type: MediaType
  file: TemporaryFile
  image: { width: number; height: number; thumbnail: TemporaryFile } | null
}

/** @throws AppError `unsupported_media_type`, `validation_error`, both on `file`, or on `files[2]` of several */
export function createPreparation({ images, temporaryFiles }: Pick<MediaDeps, 'images' | 'temporaryFiles'>) {
  async function picture(
    path: string,
    type: MediaType,
    personId: number,
  ): Promise<Prepared['image'] | { why: string }> {
    if (!type.startsWith('image/')) return null
    const found = await images.examine(path, type.slice('image/'.length) as ImageFormat, personId)
    if (found === 'broken') return { why: damaged }
    if (found === 'too_large') return { why: tooLarge }
    const thumbnail = await temporaryFiles.receive(Readable.from([found.thumbnail]), Infinity)
    return { width: found.width, height: found.height, thumbnail: thumbnail! }
  }

  return async ({ person }: Scope, received: Received, which: WhichFile): Promise<Prepared> => {
    if (received.size === 0) throw refusal('validation_error', which, 'is empty: send it again, from where it is whole')
    const sniffed = await sniff(received.path)
    if ('why' in sniffed) throw refusal('unsupported_media_type', which, sniffed.why)
    const { type } = sniffed
    const image = await picture(received.path, type, person.id)
    if (image && 'why' in image) throw refusal('unsupported_media_type', which, image.why)
    const originalName = baseNameOf(received.name, type)
    return { filename: newFilename(type), originalName, type, file: received, image }
  }
}

const tooLarge =
  'is too large a picture: it may have 50 million pixels and 1,000 frames, and take 200 MB and 10 seconds to decode; make it smaller'
