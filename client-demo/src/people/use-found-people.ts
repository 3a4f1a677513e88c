import { useEffect, useState } from 'react'
import type { Person } from '../../../sdk/index.ts'
import { useComposing } from '../lib/composition.ts'

const settleMs = 150

/**
 * The people whom what somebody types may mean, and the one of them that is chosen by the arrow keys. Asked for when the
 * typing pauses; null asks for nobody.
 */
export function useFoundPeople(
  search: string | null,
  find: (search: string, signal: AbortSignal) => Promise<Person[]>,
) {
  const [found, setFound] = useState<readonly Person[]>([])
  const [active, setActive] = useState(0)
  const isComposing = useComposing()

  useEffect(() => {
    if (search === null || isComposing) return
    const abort = new AbortController()
    const timer = setTimeout(() => {
      find(search, abort.signal).then(
        people => {
          if (abort.signal.aborted) return
          setFound(people)
          setActive(0)
        },
        () => {},
      )
    }, settleMs)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [find, search, isComposing])

  return { found, setFound, active, setActive }
}
