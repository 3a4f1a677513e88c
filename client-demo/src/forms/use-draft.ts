import { useEffect, useRef, useState } from 'react'
import { usePage } from '../lib/use-page.ts'
import { mergeFields } from './merge.ts'

/** A form that was begun: it can be put away and gone on with. */
export interface Begun<Draft, Field extends keyof Draft> {
  base: Draft
  draft: Draft
  /** Of the thing, when the form was last brought up to it; 0 = it is new. */
  version: number
  clashes: readonly Field[]
}

export interface DraftOptions<Draft, Field extends keyof Draft> {
  /** What it is about, such as `post:7`: what was begun is kept by this name until it is stored. */
  thing: string
  fields: readonly Field[]
  first: Draft
  /** The thing as it is now; undefined = it is new, or gone. */
  now: { draft: Draft; version: number } | undefined
}

/**
 * A form over something that may change under one's hands: what others change comes in, what was typed stays, also when
 * one leaves and comes back.
 */
export function useDraft<Draft extends object, Field extends keyof Draft>(options: DraftOptions<Draft, Field>) {
  const { thing, fields, first, now } = options
  const { drafts } = usePage()
  const fresh = (): Begun<Draft, Field> => ({
    base: now?.draft ?? first,
    draft: now?.draft ?? first,
    version: now?.version ?? 0,
    clashes: [],
  })
  const [begun] = useState(() => asBegun<Draft, Field>(drafts.get(thing), first))
  const [isRestored, setRestored] = useState(begun !== undefined)
  const [state, setState] = useState<Begun<Draft, Field>>(begun ?? fresh)
  const edited = fields.filter(field => state.draft[field] !== state.base[field])
  const isEdited = edited.length > 0

  // Taken in while rendering, so that no version is ever shown half.
  if (now && now.version > state.version) {
    const merged = mergeFields(fields, { base: state.base, draft: state.draft, now: now.draft })
    setState({
      base: merged.base,
      draft: merged.draft,
      version: now.version,
      clashes: [
        ...new Set([...state.clashes.filter(field => merged.draft[field] !== merged.base[field]), ...merged.clashes]),
      ],
    })
  }

  /** What another tab has begun is not this one's to delete. */
  const isKept = useRef(begun !== undefined)
  const newest = useRef(state)
  useEffect(() => {
    newest.current = state
    if (isEdited) drafts.set(thing, state)
    else if (isKept.current) drafts.delete(thing)
    isKept.current = isEdited
    if (isEdited) return drafts.onDeletedElsewhere(thing, () => drafts.set(thing, state))
  }, [drafts, thing, state, isEdited])

  return {
    ...state,
    edited,
    isEdited,
    /** Begun earlier, and nothing was done about it since. */
    isRestored: isRestored && isEdited,
    set: (part: Partial<Draft>) =>
      setState(old => ({
        ...old,
        draft: { ...old.draft, ...part },
        clashes: old.clashes.filter(field => !(field in part)),
      })),
    /** Thrown away, or stored and closed. What was typed since into the same form, opened again, stays. */
    forget() {
      const kept = asBegun<Draft, Field>(drafts.get(thing), first)
      if (kept && JSON.stringify(kept.draft) === JSON.stringify(newest.current.draft)) drafts.delete(thing)
    },
    startOver() {
      setState(fresh())
      setRestored(false)
    },
    /** Stored: nothing is edited any more but what was typed since. */
    stored: (sent: Draft, { draft: latest, version }: { draft: Draft; version: number }) =>
      setState(old => {
        const { base, draft } = mergeFields(fields, { base: sent, draft: old.draft, now: latest })
        return { base, draft, version: Math.max(version, old.version), clashes: [] }
      }),
  }
}

/** What was kept, if it is of this form: an earlier release may have had other fields. */
function asBegun<Draft extends object, Field extends keyof Draft>(
  kept: unknown,
  first: Draft,
): Begun<Draft, Field> | undefined {
  const begun = kept as Partial<Begun<Draft, Field>> | null | undefined
  if (typeof begun?.version !== 'number' || !Array.isArray(begun.clashes)) return undefined
  const isWhole = [begun.base, begun.draft].every(
    one => typeof one === 'object' && one !== null && Object.keys(first).every(name => name in one),
  )
  return isWhole ? (begun as Begun<Draft, Field>) : undefined
}
