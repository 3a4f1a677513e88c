import type { ActivitySubject } from '../../contract/index.ts'
import { type Audience, keyOf } from './audience.ts'
import type { Entry } from './activity-entries.ts'
import type { Tx } from './command.ts'
import type { Recordable, RecordablePayload } from './event.ts'

/** A thing in a project or in none, with the events `<name>_created`, `<name>_updated` and `<name>_deleted`. */
interface Thing {
  id: number
  title: string
  version: number
  project_id: number | null
}

interface By {
  person: { id: number }
}

export interface Recorder<T> {
  created(tx: Tx, by: By, thing: T): void
  /**
   * Also handles a thing that becomes visible to its author only, or to others again. For all others it is then deleted
   * or created, and they may receive only that event. The author receives both events and ends in the right state too:
   * a hidden thing is first deleted and then created again, with the same version.
   *
   * @param changed the fields that differ
   */
  updated(tx: Tx, by: By, before: T, after: T, changed: (keyof T & string)[]): void
  /** @param thing its last state */
  deleted(tx: Tx, by: By, thing: T): void
}

/**
 * Records what happens to things of one kind, for those who may see them at that moment.
 *
 * @param longTexts fields of which the activity says only that they changed, because it would keep their old values
 *   for ever
 */
export function createRecorder<T extends Thing>(kind: {
  name: ActivitySubject
  audienceOf: (thing: T) => Audience
  longTexts: readonly (keyof T)[]
}): Recorder<T> {
  const { name, audienceOf, longTexts } = kind

  function record(tx: Tx, what: 'created' | 'updated' | 'deleted', thing: T, payload: object, changes?: Changes) {
    const audience = audienceOf(thing)
    const event = `${name}_${what}` as Recordable
    tx.record(event, payload as RecordablePayload<Recordable>, audience, entryOf(audience, thing, changes))
  }

  /** Everybody in the project reads the activity, so a thing that only its author may see has no entry. */
  const entryOf = ({ of }: Audience, { id, title, project_id: projectId }: T, changes?: Changes): Entry | undefined =>
    of === 'author'
      ? undefined
      : { projectId, taskId: null, subject: { type: name, id, title }, ...(changes && { changes }) }

  const short = (thing: T, field: keyof T) => (longTexts.includes(field) ? null : thing[field])

  const recorder: Recorder<T> = {
    created: (tx, { person }, thing) => record(tx, 'created', thing, { [name]: thing, created_by: person.id }),

    updated(tx, by, before, after, changed) {
      const stays = keyOf(audienceOf(before)) === keyOf(audienceOf(after))
      if (!stays && audienceOf(after).of === 'author') recorder.deleted(tx, by, before)
      // Others must not see the changes from before it was shown.
      if (!stays) return recorder.created(tx, by, after)
      const changes = Object.fromEntries(
        changed.map(field => [field, { from: short(before, field), to: short(after, field) }]),
      )
      const payload = { [`${name}_id`]: after.id, [name]: after, updated_by: by.person.id, changed }
      record(tx, 'updated', after, payload, changes)
    },

    deleted: (tx, { person }, thing) =>
      record(tx, 'deleted', thing, {
        [`${name}_id`]: thing.id,
        version: thing.version + 1,
        deleted_by: person.id,
      }),
  }
  return recorder
}

type Changes = NonNullable<Entry['changes']>
