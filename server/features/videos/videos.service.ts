import sql from 'sql-template-tag'
import type { Video, videos } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { assertCan } from '../../kernel/can.ts'
import { changedFields, given } from '../../kernel/changes.ts'
import { notFound, versionConflict } from '../../kernel/errors.ts'
import { isStale, type Scope } from '../../kernel/scope.ts'
import { changeOwned, lockDestination, lockProjects, projectAmong } from '../projects/index.ts'
import type { VideoDeps } from './videos.deps.ts'
import { readableOne, readVideo } from './videos.policy.ts'
import * as queries from './videos.queries.ts'
import { sourceOf } from './videos.source.ts'
import { events } from './videos.events.ts'

type Operations = Pick<Handlers<typeof videos>, 'create' | 'get' | 'update' | 'delete'>

/** Videos in the library of a project, or of everybody. */
export const createVideoService = ({ database, command }: VideoDeps): Operations => ({
  create: (scope, { project: ref, ...input }) =>
    command(scope, async tx => {
      const source = sourceOf(input)
      const project = await lockDestination(tx, scope, ref)
      const row = { ...input, ...source, project_id: project?.id ?? null, created_by: scope.person.id }
      const video = await queries.insertVideo(tx, row, tx.now)
      events.created(tx, scope, video)
      return video
    }),

  get: async ({ person }, { id }) => {
    const video = await queries.findVideo(database, id, readableOne(person))
    if (!video) throw notFound()
    return video
  },

  update: (scope, { id, ...changes }) =>
    command(scope, async tx => {
      const video = await lockVideo(tx, scope, id)
      const wanted: Video = { ...video, ...given(changes) }
      Object.assign(wanted, sourceOf({ ...changes, url: wanted.url }, video))
      const changed = changedFields(video, wanted)
      if (changed.length === 0) return video
      const row = await queries.updateVideo(tx, wanted, tx.now)
      events.updated(tx, scope, video, row, changed)
      return row
    }),

  delete: (scope, { id }) =>
    command(scope, async tx => {
      const video = await lockVideo(tx, scope, id)
      await queries.deleteVideo(tx, id)
      events.deleted(tx, scope, video)
    }),
})

/**
 * Locks the video after its project and checks that the caller may change it and has seen its present version. A video
 * never changes its project.
 */
async function lockVideo(tx: Tx, scope: Scope, id: number): Promise<Video> {
  const [projects, [row]] = await Promise.all([
    lockProjects(tx, scope, sql`p.id = (select project_id from videos where id = ${id})`),
    queries.selectVideosForUpdate(tx, [id], readableOne(scope.person)),
  ])
  const project = projectAmong(projects, row?.project_id ?? null)
  if (!row) throw notFound()
  const video = row
  assertCan(scope, readVideo, { video, project })
  assertCan(scope, changeOwned, { project, ownerId: video.created_by })
  if (isStale(scope, video.version)) throw versionConflict(video)
  return video
}
