import type { Readable } from 'node:stream'
import { notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { ByteRange } from '../../ports/storage.ts'
import type { MediaDeps } from './media.deps.ts'
import { downloadNameOf, keyOf, thumbnailKeyOf } from './media.names.ts'
import { readableOne } from './media.policy.ts'
import { findMedia } from './media.queries.ts'

/** A file for a person who may read it. */
export interface Download {
  type: string
  size: number
  /** Identifies this content. */
  tag: string
  name: string
  /** Whether a browser may show it in place; any other file is downloaded. */
  inline: boolean
  /** @throws AppError `not_found` when it was deleted meanwhile */
  read(range?: ByteRange): Promise<Readable>
}

export interface Downloads {
  /** @throws AppError `not_found` */
  file(scope: Scope, id: number): Promise<Download>
  /** @throws AppError `not_found`, also for a file that has none */
  thumbnail(scope: Scope, id: number): Promise<Download>
}

export function createDownloads({ database, storage }: Pick<MediaDeps, 'database' | 'storage'>): Downloads {
  const find = async ({ person }: Scope, id: number) => {
    const row = await findMedia(database, id, readableOne(person))
    if (!row) throw notFound()
    return row
  }
  const reader = (key: string) => async (range?: ByteRange) => {
    const stream = await storage.open(key, range)
    if (!stream) throw notFound()
    return stream
  }

  return {
    file: async (scope, id) => {
      const { file_type, file_size, sha256, filename, original_filename } = await find(scope, id)
      return {
        type: file_type,
        size: file_size,
        tag: sha256,
        name: downloadNameOf(original_filename, file_type),
        inline: file_type.startsWith('image/'),
        read: reader(keyOf(filename)),
      }
    },

    thumbnail: async (scope, id) => {
      const { thumbnail_size, filename, original_filename } = await find(scope, id)
      if (thumbnail_size === null) throw notFound()
      return {
        type: 'image/webp',
        size: thumbnail_size,
        // The thumbnail was made once, by the code of that time; the hash of the file would not identify it.
        tag: `thumbnail-${filename}`,
        name: downloadNameOf(original_filename, 'image/webp'),
        inline: true,
        read: reader(thumbnailKeyOf(filename)),
      }
    },
  }
}
