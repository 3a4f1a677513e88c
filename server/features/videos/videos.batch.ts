import sql from 'sql-template-tag'
import type { VideoFailure, videos } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { type AppError, notFound } from '../../kernel/errors.ts'
import { archived, lockProjects, projectAmong } from '../projects/index.ts'
import type { VideoDeps } from './videos.deps.ts'
import { readableOne } from './videos.policy.ts'
import { selectVideosForUpdate, updateVideos } from './videos.queries.ts'
import { changedFields } from '../../kernel/changes.ts'
import { events } from './videos.events.ts'

type Operations = Pick<Handlers<typeof videos>, 'batchUpdate'>

/**
 * Makes the same change to many videos, for an administrator, with the same number of statements for one and for a
 * hundred. A video that cannot be changed is reported with its reason, and the others are changed.
 */
export const createVideoBatch = ({ command }: VideoDeps): Operations => ({
  batchUpdate: (scope, { video_ids, updates }) =>
    command(scope, async tx => {
      const ids = [...new Set(video_ids)]
      const [projects, rows] = await Promise.all([
        lockProjects(tx, scope, sql`p.id in (select project_id from videos where id = any(${ids}::bigint[]))`),
        selectVideosForUpdate(tx, ids, readableOne(scope.person)),
      ])
      const found = new Map(rows.map(row => [row.id, row]))
      const reasonOf = (id: number): AppError | null => {
        const video = found.get(id)
        if (!video) return notFound()
        return projectAmong(projects, video.project_id)?.status === 'archived' ? archived() : null
      }
      const failed_updates = ids.flatMap((id): VideoFailure[] => {
        const reason = reasonOf(id)
        return reason ? [{ video_id: id, code: reason.code, message: reason.message }] : []
      })
      const failed = new Set(failed_updates.map(({ video_id }) => video_id))
      const fit = rows.filter(({ id }) => !failed.has(id))
      const differ = fit.filter(row => changedFields(row, updates).length > 0)
      const before = new Map(differ.map(row => [row.id, row]))
      const changed = differ.length === 0 ? [] : await updateVideos(tx, [...before.keys()], updates, tx.now)
      for (const row of changed) {
        const old = before.get(row.id)!
        events.updated(tx, scope, old, row, changedFields(old, updates))
      }
      return { updated_count: fit.length, failed_updates }
    }),
})
