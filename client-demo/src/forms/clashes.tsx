import type { ReactNode } from 'react'

/** Above a form: somebody else has changed what is being edited. @param by who it was, if that is known */
export function Clashes({ isShown, by = 'Somebody' }: { isShown: boolean; by?: ReactNode }) {
  if (!isShown) return null
  return (
    <p className="notice notice-warn" role="alert">
      {by} changed what you are editing. Both are shown below; what stands in the form counts.
    </p>
  )
}
