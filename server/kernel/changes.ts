import { isDeepStrictEqual } from 'node:util'

/** The fields that a caller gave, without those that are undefined. */
export const given = <T extends object>(changes: T) =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

/**
 * The fields of `wanted` that differ from the present values. A write that changes nothing makes no version and no
 * event.
 */
export const changedFields = <T extends object>(before: T, wanted: Partial<T>): (keyof T & string)[] =>
  (Object.keys(wanted) as (keyof T & string)[]).filter(field => !isDeepStrictEqual(wanted[field], before[field]))
