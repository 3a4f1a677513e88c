import { useEffect, useRef, useState } from 'react'
import { usePage } from '../lib/use-page.ts'

interface Kept {
  /** What it was when the typing began. */
  base: string
  text: string
}

/**
 * A text that is kept until it is stored: what was begun is there again. While nothing is typed it follows what others
 * make of it; what is typed stays, and `theirs` tells what it would write over.
 *
 * @param thing what it is about, such as `comment:7`
 * @param now what it is where it is stored; nothing, if it is new
 */
export function useKept(thing: string, now = '') {
  const { drafts } = usePage()
  const [kept, setKept] = useState<Kept>(() => asKept(drafts.get(thing), now) ?? { base: now, text: now })
  const isEdited = kept.text !== kept.base
  const [wasKept] = useState(isEdited)
  // Taken over while rendering, so that the old is never shown.
  if (now !== kept.base && (!isEdited || kept.text === now)) setKept({ base: now, text: now })

  const latest = useRef(kept.text)
  useEffect(() => {
    latest.current = kept.text
    if (isEdited) return drafts.onDeletedElsewhere(thing, () => drafts.set(thing, kept))
  }, [drafts, thing, kept, isEdited])

  function write(text: string) {
    setKept(old => ({ ...old, text }))
    if (text === kept.base) drafts.delete(thing)
    else drafts.set(thing, { ...kept, text })
  }

  return {
    text: kept.text,
    isEdited,
    /** It was there when the form opened, as nobody may remember. */
    isRestored: wasKept && isEdited,
    /** What somebody else has made of it since; null = nothing that is not in the text. */
    theirs: isEdited && now !== kept.base ? now : null,
    write,
    /**
     * What was typed is stored or thrown away, unless more was typed since. What is kept from another tab, or from the same
     * form opened again, stays.
     *
     * @returns whether it was not
     */
    forget(): boolean {
      if (latest.current !== kept.text) return false
      if (asKept(drafts.get(thing), now)?.text === kept.text) drafts.delete(thing)
      setKept({ base: now, text: now })
      return true
    },
  }
}

/** What was kept; the release before kept the text alone. */
function asKept(found: unknown, now: string): Kept | undefined {
  if (typeof found === 'string') return { base: now, text: found }
  const { base, text } = (found ?? {}) as Partial<Kept>
  return typeof base === 'string' && typeof text === 'string' ? { base, text } : undefined
}
