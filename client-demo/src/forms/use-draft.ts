import { useState } from 'react'
import { mergeFields } from './merge.ts'

/** A form that was begun: it can be put away and gone on with. */
export interface Begun<Draft, Field extends keyof Draft> {
  base: Draft
  draft: Draft
  /** Of the thing, when the form was last brought up to it; 0 = it is new. */
  version: number
  clashes: readonly Field[]
}

interface UseDraftOptions<Draft, Field extends keyof Draft> {
  fields: readonly Field[]
  first: Draft
  /** The thing as it is now; undefined = it is new, or gone. */
  now: { draft: Draft; version: number } | undefined
  begun?: Begun<Draft, Field> | undefined
}

/** A form over something that may change under one's hands: what others change comes in, what was typed stays. */
export function useDraft<Draft extends object, Field extends keyof Draft>(options: UseDraftOptions<Draft, Field>) {
  const { fields, first, now, begun } = options
  const fresh = () => ({
    base: now?.draft ?? first,
    draft: now?.draft ?? first,
    version: now?.version ?? 0,
    clashes: [],
  })
  const [state, setState] = useState<Begun<Draft, Field>>(begun ?? fresh)

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

  return {
    ...state,
    state,
    edited: fields.filter(field => state.draft[field] !== state.base[field]),
    set: (part: Partial<Draft>) =>
      setState(old => ({
        ...old,
        draft: { ...old.draft, ...part },
        clashes: old.clashes.filter(field => !(field in part)),
      })),
    /** Stored: nothing is edited any more but what was typed since. */
    stored: (sent: Draft, { draft: latest, version }: { draft: Draft; version: number }) =>
      setState(old => {
        const { base, draft } = mergeFields(fields, { base: sent, draft: old.draft, now: latest })
        return { base, draft, version: Math.max(version, old.version), clashes: [] }
      }),
  }
}
