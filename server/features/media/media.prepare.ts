import { Readable } from 'node:stream'
import type { MediaType } from '../../../contract/index.ts'
import { AppError, invalid } from '../../kernel/errors.ts'
import type { ImageFormat } from '../../kernel/images.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Draft } from '../../kernel/storage.ts'
import type { MediaDeps } from './index.ts'
import { baseNameOf, newFilename } from './media.names.ts'
import type { Received } from './media.uploads.ts'
import { sniff } from './sniff.ts'

/** A file of which is known what it is. */
export interface Prepared {
  filename: string
  originalName: string
  type: MediaType
  draft: Draft
  image: { width: number; height: number; thumbnail: Draft } | null
}

/** @throws AppError `unsupported_media_type`, `validation_error`, both on `file` */
export function createPreparation({ images, drafts }: Pick<MediaDeps, 'images' | 'drafts'>) {
  async function picture(path: string, type: MediaType, personId: number) {
    if (!type.startsWith('image/')) return null
    const found = await images.examine(path, type.slice('image/'.length) as ImageFormat, personId)
    if (found === 'broken') throw unsupported()
    if (found === 'too_large') throw unsupported(tooLarge)
    const thumbnail = await drafts.receive(Readable.from([found.thumbnail]), Infinity)
    return { width: found.width, height: found.height, thumbnail: thumbnail! }
  }

  return async ({ person }: Scope, received: Received): Promise<Prepared> => {
    if (received.size === 0) throw invalid({ file: 'is empty' })
    const type = await sniff(received.path)
    if (!type) throw unsupported()
    const image = await picture(received.path, type, person.id)
    const originalName = baseNameOf(received.name, type)
    return { filename: newFilename(type), originalName, type, draft: received, image }
  }
}

const untaken = 'is none of JPEG, PNG, GIF, WebP, PDF, DOC and DOCX, or is damaged'
const tooLarge =
  'is too large a picture: it may have 50 million pixels and 1,000 frames, and take 200 MB and 10 seconds to decode'

const unsupported = (why = untaken) =>
  new AppError('unsupported_media_type', 'The file is nothing that can be kept here.', { fields: { file: [why] } })
