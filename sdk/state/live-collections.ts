import type { z } from 'zod'
import { type EventName, resources, withSortKey } from '../../contract/index.ts'
import type { LiveEvent } from '../realtime/live-event.ts'
import { applyProjectEvent, type Collection, emptyCollection, keepAll, type Kept, remove } from './collection.ts'

type Resources = typeof resources
type Name<K extends keyof Resources> = Resources[K] extends { name: infer N extends string } ? N : never

/** Kinds of things that come and go by events. */
export type LiveKind = {
  [K in keyof Resources]: `${Name<K>}_created` extends EventName ? K : never
}[keyof Resources]

type CreatedEvent<K extends LiveKind> = Resources[K] extends { events: infer E }
  ? E[`${Name<K>}_created` & keyof E]
  : never
export type Item<K extends LiveKind> =
  CreatedEvent<K> extends z.ZodType
    ? z.output<CreatedEvent<K>>[Name<K> & keyof z.output<CreatedEvent<K>>] & Kept
    : never

export interface LiveCollection<T extends Kept> {
  readonly empty: Collection<T>
  /** Takes what an answer holds. The same collection when there is nothing new in it. */
  keep(held: Collection<T>, items: readonly T[]): Collection<T>
  /**
   * Takes what was deleted by ourselves.
   *
   * @param upTo the versions that this overrules; absent = all, for a deleted id never comes back
   */
  remove(held: Collection<T>, id: number, upTo?: number): Collection<T>
  /** The same collection when the event changes nothing in it. */
  apply(held: Collection<T>, event: LiveEvent): Collection<T>
}

/** What servers of the release before say otherwise. */
const brought: Partial<Record<LiveKind, (item: never) => unknown>> = { tasks: withSortKey }

/**
 * How a collection of things of one kind follows answers and events, whatever comes first: the one table for all kinds,
 * by the names that the contract gives their events.
 */
export function liveCollection<K extends LiveKind>(kind: K): LiveCollection<Item<K>> {
  type T = Item<K>
  type Apply = (held: Collection<T>, event: Record<string, unknown>) => Collection<T>
  const { name, isInProject } = resources[kind] as { name: string; isInProject?: boolean }
  const upToDate = (brought[kind] ?? (item => item)) as (item: T) => T
  const keep = (held: Collection<T>, items: readonly T[]) => keepAll(held, items.map(upToDate))
  const keepOne: Apply = (held, event) => keep(held, [event[name] as T])
  // Gone for good, or out of sight: who may still see it gets that very version, before or after this.
  const removeOne: Apply = (held, event) =>
    remove(held, event[`${name}_id`] as number, (event['version'] as number) - 1)

  const changes: Record<string, Apply> = {
    [`${name}_created`]: keepOne,
    [`${name}_updated`]: keepOne,
    [`${name}_deleted`]: removeOne,
    [`${name}_removed`]: removeOne,
    [`${kind}_bulk_updated`]: (held, event) => keep(held, event[kind] as T[]),
    [`${kind}_bulk_deleted`]: (held, event) =>
      (event[`${name}_ids`] as number[]).reduce((all, id) => remove(all, id), held),
  }
  return {
    empty: emptyCollection<T>(),
    keep,
    remove,
    apply(held, event) {
      const change = changes[event.name]
      if (change) return change(held, event as unknown as Record<string, unknown>)
      return isInProject ? applyProjectEvent(held, event) : held
    },
  }
}
