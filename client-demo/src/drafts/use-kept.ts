import { useCallback, useState } from 'react'
import { usePage } from '../page.tsx'

/**
 * A text that is kept until it is stored: what was begun is there again. `forget` when it was stored or thrown away.
 *
 * @param thing what it is about, such as `comment:7`
 * @param first what it is before anything was typed
 */
export function useKept(thing: string, first = '') {
  const { drafts } = usePage()
  const [begun] = useState(() => {
    const kept = drafts.get(thing)
    return typeof kept === 'string' ? kept : null
  })
  const [text, setText] = useState(begun ?? first)

  const write = useCallback(
    (next: string) => {
      setText(next)
      if (next === first) drafts.delete(thing)
      else drafts.set(thing, next)
    },
    [drafts, thing, first],
  )
  const forget = useCallback(() => drafts.delete(thing), [drafts, thing])
  return { text, write, forget }
}
