import type { Video } from '../../../contract/index.ts'
import { entryOfShown, tellShown, type Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import { audienceOf } from './videos.policy.ts'

type By = Pick<Scope, 'person'>

export function tellCreated(tx: Tx, { person }: By, video: Video): void {
  const to = audienceOf(video)
  tx.record('video_created', { video, created_by: person.id }, to, entryOfShown(to, 'video', video))
}

/** Also when it becomes private or stops to be, which is the end or the beginning of it for all others. */
export function tellUpdated(tx: Tx, by: By, before: Video, video: Video, changed: (keyof Video)[]): void {
  const changes = Object.fromEntries(
    changed.map(field => [field, { from: short(before, field), to: short(video, field) }]),
  )
  tellShown(audienceOf(before), audienceOf(video), {
    // What it was before it was shown is nobody's business.
    created: () => tellCreated(tx, by, video),
    updated: to => {
      const payload = { video_id: video.id, video, updated_by: by.person.id, changed }
      tx.record('video_updated', payload, to, entryOfShown(to, 'video', video, changes))
    },
    deleted: () => tellDeleted(tx, by, before),
  })
}

export function tellDeleted(tx: Tx, { person }: By, video: Video): void {
  const to = audienceOf(video)
  const payload = { video_id: video.id, version: video.version + 1, deleted_by: person.id }
  tx.record('video_deleted', payload, to, entryOfShown(to, 'video', video))
}

/** Of a text it is only told that it changed: what it was would be kept for ever. */
const short = (video: Video, field: keyof Video) => (field === 'description' ? null : video[field])
