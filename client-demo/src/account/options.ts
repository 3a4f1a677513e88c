import { useEffect, useState } from 'react'
import { client } from '../lib/client.ts'

/** What somebody who is not signed in can do here. */
export type Options = Awaited<ReturnType<typeof client.accounts.options>>

/** Where the server does not say: everything is offered, and the answer to the attempt says it. */
const unsaid: Options = { registration: 'open', mail: true }

/** @returns undefined while the server is asked */
export function useOptions(): Options | undefined {
  const [options, setOptions] = useState<Options>()
  useEffect(() => {
    let isHere = true
    client.accounts.options().then(
      said => isHere && setOptions(said),
      () => isHere && setOptions(unsaid),
    )
    return () => {
      isHere = false
    }
  }, [])
  return options
}
