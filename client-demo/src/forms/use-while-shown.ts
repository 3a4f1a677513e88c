import { useEffect, useRef } from 'react'

/**
 * Does what it is given as long as its part of the page is shown. A form that was closed before its answer came must not
 * close the one that was opened since.
 */
export function useWhileShown(act: () => void): () => void {
  const isShown = useRef(false)
  useEffect(() => {
    isShown.current = true
    return () => void (isShown.current = false)
  }, [])
  return () => {
    if (isShown.current) act()
  }
}
