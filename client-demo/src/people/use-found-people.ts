import { useEffect, useState } from 'react'
import { findsPart, type Person } from '../../../sdk/index.ts'
import { useComposing } from '../lib/composition.ts'

const settleMs = 150

const none = { search: '', people: [] as readonly Person[] }

/**
 * The people whom what somebody types may mean, and the one of them that is chosen by the arrow keys. Asked for when the
 * typing pauses; null asks for nobody. Until the answer comes: the people of the previous answer who still fit.
 */
export function useFoundPeople(
  search: string | null,
  find: (search: string, signal: AbortSignal) => Promise<Person[]>,
) {
  const [answer, setAnswer] = useState(none)
  /** The id of the person whom the arrow keys chose; null = the first one. */
  const [chosen, setChosen] = useState<number | null>(null)
  const isComposing = useComposing()

  useEffect(() => {
    if (search === null || isComposing) return
    const abort = new AbortController()
    const timer = setTimeout(() => {
      find(search, abort.signal).then(
        people => {
          if (!abort.signal.aborted) setAnswer({ search, people })
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
    answer.search === search || isComposing
      ? answer.people
      : answer.people.filter(({ name, username }) => findsPart(`${name} ${username}`, search ?? ''))
  const active = Math.max(
    0,
    found.findIndex(({ id }) => id === chosen),
  )
  return {
    found,
    active,
    /** @param step 1 for the next, -1 for the one before; from the last to the first */
    move: (step: number) => setChosen(found.at((active + step) % Math.max(1, found.length))?.id ?? null),
    forget() {
      setAnswer(none)
      setChosen(null)
    },
  }
}
