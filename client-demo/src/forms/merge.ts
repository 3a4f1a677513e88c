export interface Merged<Draft, Field extends keyof Draft = keyof Draft> {
  base: Draft
  draft: Draft
  /** Edited here and changed there: somebody has to choose. */
  clashes: Field[]
  /** Changed there only, and taken over. */
  taken: Field[]
}

/** Three ways: what it was when the form was filled, what stands in the form, and what it is now. */
export function mergeFields<Draft extends object, Field extends keyof Draft>(
  fields: readonly Field[],
  { base, draft, now }: { base: Draft; draft: Draft; now: Draft },
): Merged<Draft, Field> {
  const theirs = fields.filter(field => now[field] !== base[field])
  const clashes = theirs.filter(field => draft[field] !== base[field] && draft[field] !== now[field])
  const taken = theirs.filter(field => draft[field] === base[field])
  const merged = { ...draft }
  for (const field of taken) merged[field] = now[field]
  return { base: now, draft: merged, clashes, taken }
}
