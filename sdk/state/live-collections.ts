import type { z } from 'zod'
import { type EventName, resources, withSortKey } from '../../contract/index.ts'
import type { LiveEvent } from '../realtime/live-event.ts'
import { applyProjectEvent, type Collection, emptyCollection, keepAll, type Kept, remove } from './collection.ts'

type Resources = typeof resources
type Name<K extends keyof Resources> = Resources[K] extends { name: infer N extends string } ? N : never

/** Kinds of things that are created and deleted by events. */
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
  /** Adds the items of an answer. Returns the same collection when they contain nothing new. */
  keep(held: Collection<T>, items: readonly T[]): Collection<T>
  /**
   * Removes what this client has deleted.
   *
   * @param upTo the versions that this removes; absent means all, because the id of a deleted thing is never used
   *   again
   */
  remove(held: Collection<T>, id: number, upTo?: number): Collection<T>
  /** Returns the same collection when the event changes nothing in it. */
  apply(held: Collection<T>, event: LiveEvent): Collection<T>
}

/** Converts items of servers of the release before. */
const brought: Partial<Record<LiveKind, (item: never) => unknown>> = { tasks: withSortKey }

/**
 * How a collection of things of one kind follows answers and events in any order: one table for all kinds, by the names
 * that the contract gives their events.
 */
export function liveCollection<K extends LiveKind>(kind: K): LiveCollection<Item<K>> {
  type T = Item<K>
  type Apply = (held: Collection<T>, event: Record<string, unknown>) => Collection<T>
  const { name, isInProject } = resources[kind] as { name: string; isInProject?: boolean }
  const upToDate = (brought[kind] ?? (item => item)) as (item: T) => T
  const keep = (held: Collection<T>, items: readonly T[]) => keepAll(held, items.map(upToDate))
  const keepOne: Apply = (held, event) => keep(held, [event[name] as T])
  // Deleted, or no longer visible: those who may still see the thing get that very version, before or after this event.
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
