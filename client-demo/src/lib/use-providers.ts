import { useEffect, useState } from 'react'
import { type Provider, providers } from './sign-on.ts'

/** The providers at which people may sign in; undefined while the server is asked. */
export function useProviders(): readonly Provider[] | undefined {
  const [found, setFound] = useState<readonly Provider[]>()
  useEffect(() => {
    let isHere = true
    void providers().then(said => isHere && setFound(said))
    return () => {
      isHere = false
    }
  }, [])
  return found
}
