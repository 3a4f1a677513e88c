import { useEffect, useState } from 'react'
import { useComposing } from './composition.ts'
import { replaceQuery, useRoute } from './router.ts'

/** Typing is not a place each: browsers let a page change its address only so often. */
const settleMs = 250

interface Addressed<T> {
  read: (query: URLSearchParams) => T
  write: (value: T) => URLSearchParams
}

/** Something that stands in the address: changed here it is written there, changed there it changes here. */
export function useAddressed<T>({ read, write }: Addressed<T>): [T, (next: T) => void] {
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

/** Of fields that are text, the ones that are not empty. */
export const queryOf = (fields: object): URLSearchParams =>
  new URLSearchParams(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== ''))

/** One of some, or none. */
export const oneOf = <T extends string>(all: readonly T[], value: string | null): T | '' =>
  all.find(one => one === value) ?? ''

const day = /^\d{4}-\d\d-\d\d$/
export const dayIn = (value: string | null): string => (value !== null && day.test(value) ? value : '')
