import type { Readable } from 'node:stream'
import { limits, type mediaTransfers, type MediaFile, type Output } from '../../../contract/index.ts'
import { inProject } from '../../events/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { MediaDeps } from './media.deps.ts'
import { assertQuota, roomLeft, tooManyBytes } from './media.quota.ts'
import { createPreparation, type Prepared } from './media.prepare.ts'
import { insertMedia } from './media.queries.ts'
import { keyOf, keysOf, thumbnailKeyOf } from './media.names.ts'
import { lockPlace, type Place } from './media.place.ts'
import type { Received } from './media.received.ts'

/** The bytes that one form may still bring, so that nobody fills the disk with files that are refused in the end. */
export interface Room {
  bytes: number
}

export interface Uploads {
  /**
   * Called before anything is read: how many bytes the person may still keep.
   *
   * @param announced bytes of the whole form, if that is known
   * @throws AppError `payload_too_large` when those are too many, or the person may not keep any more
   */
  assertRoom(scope: Scope, announced: number): Promise<Room>
  /**
   * Null when the file is too large. The caller has to discard every received file at the end.
   *
   * @throws AppError `payload_too_large` when the person may not keep that many more bytes
   */
  receive(from: Readable, name: string, room: Room): Promise<Received | null>
  /** Keeps all of the files, or none and throws. */
  keep(scope: Scope, place: Place, received: readonly Received[]): Promise<Output<typeof mediaTransfers.upload>>
  discard(received: readonly Received[]): Promise<void>
}

export function createUploads(deps: MediaDeps): Uploads {
  const { database, command, storage, temporaryFiles, quota, log, present } = deps
  const prepare = createPreparation(deps)

  async function store(files: readonly Prepared[]) {
    for (const { filename, file, image } of files) {
      await storage.put(keyOf(filename), file.path)
      if (image) await storage.put(thumbnailKeyOf(filename), image.thumbnail.path)
    }
  }

  const record = (scope: Scope, place: Place, files: readonly Prepared[]) =>
    command(scope, async tx => {
      const { projectId, taskId } = await lockPlace(tx, scope, place)
      await assertQuota(tx, scope, quota, files)
      const results: MediaFile[] = []
      for (const { filename, originalName, type, file, image } of files) {
        const row = await insertMedia(tx, {
          filename,
          original_filename: originalName,
          file_type: type,
          file_size: file.size,
          sha256: file.sha256,
          width: image?.width ?? null,
          height: image?.height ?? null,
          thumbnail_size: image?.thumbnail.size ?? null,
          uploaded_by: scope.person.id,
          project_id: projectId,
          task_id: taskId,
          upload_date: tx.now,
        })
        const media = present(row)
        tx.record('media_created', { media, created_by: scope.person.id }, inProject(projectId))
        results.push(media)
      }
      return results.length === 1 ? results[0]! : { results }
    })

  return {
    assertRoom: async (scope, announced) => {
      const bytes = await roomLeft(database, scope, quota)
      if (announced - limits.bodyBytes > bytes) throw tooManyBytes(quota)
      return { bytes }
    },

    receive: async (from, name, room) => {
      const most = Math.min(limits.mediaFileBytes, room.bytes)
      const file = await temporaryFiles.receive(from, most)
      if (!file && most === room.bytes) throw tooManyBytes(quota)
      if (!file) return null
      room.bytes -= file.size
      return { ...file, name }
    },

    keep: async (scope, place, received) => {
      const files: Prepared[] = []
      const forget = (some: readonly Prepared[]) => storage.delete(some.flatMap(({ filename }) => keysOf(filename)))
      try {
        for (const [nth, one] of received.entries())
          files.push(await prepare(scope, one, { name: one.name, nth, of: received.length }))
        // Before the rows that refer to them: a crash leaves files without rows, which the sweep removes, and never
        // rows without files.
        await store(files)
        const answer = await record(scope, place, files)
        // A repeated call gets the answer of the first call, which names other files.
        const kept = new Set(('results' in answer ? answer.results : [answer]).map(({ filename }) => filename))
        await forget(files.filter(({ filename }) => !kept.has(filename)))
        return answer
      } catch (error) {
        // Files that cannot be deleted now are left to the sweep; the first error is the one to report.
        if (isCertain(error)) await forget(files).catch(err => log.warn({ err }, 'files of a failed upload remain'))
        throw error
      } finally {
        await temporaryFiles.discard(files.flatMap(({ image }) => (image ? [image.thumbnail] : [])))
      }
    },

    discard: temporaryFiles.discard,
  }
}

/**
 * Whether certainly nothing was committed. When the connection to the database was lost, the commit may have succeeded,
 * and then the files would be missing; the sweep decides later.
 */
const isCertain = (error: unknown) => error instanceof AppError && error.code !== 'unavailable'
