import { withQuery } from '../lib/with-query.ts'

/** One thing that a list can be narrowed by, as it stands in the address. */
export interface AddressField<T> {
  /** What it is called there. */
  name: string
  /** It narrows nothing, and stands in no address. */
  none: T
  /** What is not understood is none. */
  read(values: readonly string[]): T
  write(value: T): readonly string[]
}

const idPattern = /^[1-9]\d{0,14}$/
/** Of the calendar: no 31st of February. */
const isDay = (value: string) =>
  /^\d{4}-\d\d-\d\d$/.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true

const textLike = (name: string, isValid: (value: string) => boolean): AddressField<string> => ({
  name,
  none: '',
  read: ([value = '']) => (isValid(value) ? value : ''),
  write: value => [value],
})

export const text = (name: string) => textLike(name, () => true)
/** Such as 2026-11-29. */
export const day = (name: string) => textLike(name, isDay)

/** Several, in the order in which they were chosen. */
const severalOf = <T>(name: string, valueIn: (text: string) => T | undefined): AddressField<readonly T[]> => ({
  name,
  none: [],
  read: values => [...new Set(values.map(valueIn).filter(value => value !== undefined))],
  write: values => values.map(String),
})

export const texts = (name: string) => severalOf(name, value => value || undefined)
export const ids = (name: string) => severalOf(name, value => (idPattern.test(value) ? Number(value) : undefined))
export const someOf = <T extends string>(name: string, all: readonly T[]) =>
  severalOf(name, value => all.find(one => one === value))

export const id = (name: string): AddressField<number | null> => ({
  name,
  none: null,
  read: ([value = '']) => (idPattern.test(value) ? Number(value) : null),
  write: value => (value === null ? [] : [String(value)]),
})

/** @param none what stands for no choice, such as `null` or the empty value of a `<select>` */
export const oneOf = <T extends string, None extends null | ''>(
  name: string,
  all: readonly T[],
  none: None,
): AddressField<T | None> => ({
  name,
  none,
  read: ([value]) => all.find(one => one === value) ?? none,
  write: value => (value === none ? [] : [value as T]),
})

/** Either so or not. @param value what stands in the address if it is so */
export const flag = (name: string, value: string): AddressField<boolean> => ({
  name,
  none: false,
  read: ([found]) => found === value,
  write: is => (is ? [value] : []),
})

/** What a list is narrowed to, of the fields that it can be narrowed by. */
export type FiltersOf<Kind> = Kind extends AddressFilters<infer T> ? T : never
export type AddressFilters<T extends object> = ReturnType<typeof addressFilters<T>>

/** Filters live in the address, so that what they show can be sent to somebody: the one place that reads and writes them. */
export function addressFilters<T extends object>(fields: { [K in keyof T]: AddressField<T[K]> }) {
  const entries = Object.entries(fields) as [keyof T, AddressField<T[keyof T]>][]
  const none = Object.fromEntries(entries.map(([key, field]) => [key, field.none])) as T
  const pairsOf = (filters: T, [key, { name, write }]: (typeof entries)[number]) =>
    write(filters[key]).flatMap((value): [string, string][] => (value === '' ? [] : [[name, value]]))

  const write = (filters: T) => new URLSearchParams(entries.flatMap(entry => pairsOf(filters, entry)))

  return {
    none,
    read: (query: URLSearchParams) =>
      Object.fromEntries(entries.map(([key, field]) => [key, field.read(query.getAll(field.name))])) as T,
    write,
    /** @param path of what is shown, without a query */
    address: (path: string, filters: T) => withQuery(path, write(filters)),
    isSame: (a: T, b: T) => String(write(a)) === String(write(b)),
    isNarrowed: (filters: T) => write(filters).size > 0,
  }
}
