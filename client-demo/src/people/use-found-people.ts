import { useEffect, useState } from 'react'
import { findsPart, type Person } from '../../../sdk/index.ts'
import { useComposing } from '../lib/composition.ts'

const settleMs = 150

const none = { search: '', people: [] as readonly Person[] }

/**
 * The people whom what somebody types may mean, and the one of them that is chosen by the arrow keys. Asked for when the
 * typing pauses; null asks for nobody. Until the answer comes, those of the answer before whom it still may mean.
 */
export function useFoundPeople(
  search: string | null,
  find: (search: string, signal: AbortSignal) => Promise<Person[]>,
) {
  const [answer, setAnswer] = useState(none)
  const [active, setActive] = useState(0)
  const isComposing = useComposing()

  useEffect(() => {
    if (search === null || isComposing) return
    const abort = new AbortController()
    const timer = setTimeout(() => {
      find(search, abort.signal).then(
        people => {
          if (abort.signal.aborted) return
          setAnswer({ search, people })
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

  const found =
    answer.search === search
      ? answer.people
      : answer.people.filter(({ name, username }) => findsPart(`${name} ${username}`, search ?? ''))
  const last = Math.max(0, found.length - 1)
  return { found, forget: () => setAnswer(none), active: Math.min(active, last), setActive }
}
