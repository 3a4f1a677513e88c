import { useCallback, useEffect, useMemo, useState } from 'react'
import { useComposing } from '../lib/composition.ts'
import { replacePath, replaceQuery, useRoute } from '../lib/router.ts'
import type { AddressFilters } from './address-filters.ts'

/** The filters of the address, and a way to change some of them, which leads to `path`. */
export function useFilters<T extends object>(kind: AddressFilters<T>, path: string): [T, (part: Partial<T>) => void] {
  const query = useRoute().query.toString()
  const filters = useMemo(() => kind.read(new URLSearchParams(query)), [kind, query])
  const change = useCallback(
    (part: Partial<T>) => replacePath(kind.address(path, { ...filters, ...part })),
    [kind, path, filters],
  )
  return [filters, change]
}

/** Typing is not a place each: browsers let a page change its address only so often. */
const settleMs = 250

/** The same for fields that are typed into: shown at once, and written into the address once the typing pauses. */
export function useTypedFilters<T extends object>({ read, write }: AddressFilters<T>): [T, (next: T) => void] {
  const { query } = useRoute()
  const told = String(write(read(query)))
  const [state, setState] = useState({ value: read(query), told, written: told })
  const text = String(write(state.value))
  const isComposing = useComposing()
  if (state.told !== told) {
    setState(told === state.written ? { ...state, told } : { value: read(query), told, written: told })
  }

  useEffect(() => {
    if (text === told || isComposing) return
    const timer = setTimeout(() => {
      setState(old => ({ ...old, written: text }))
      replaceQuery(new URLSearchParams(text))
    }, settleMs)
    return () => clearTimeout(timer)
  }, [text, told, isComposing])

  return [state.value, value => setState(old => ({ ...old, value }))]
}
