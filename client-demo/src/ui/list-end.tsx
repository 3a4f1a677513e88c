import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react'

interface ListEndProps {
  /** Of the list: where its next page begins. */
  next: string | null | undefined
  loading: boolean
  error: string | null
  isEmpty: boolean
  isFull: boolean
  onMore: () => void
  /** What is said when there is nothing. */
  children: ReactNode
}

/** What stands below a list: more of it, or why there is none. */
export function ListEnd({ next, loading, error, isEmpty, isFull, onMore, children }: ListEndProps) {
  if (error !== null) {
    return (
      <div className="list-end" role="alert">
        <p>{error}</p>
        <button type="button" className="button" onClick={onMore}>
          Try again
        </button>
      </div>
    )
  }
  if (next === undefined) return <p className="list-end">Loading…</p>
  if (next === null) return isEmpty ? <div className="list-end">{children}</div> : null
  if (isFull) return <p className="list-end">There are more. Narrow the list to find them.</p>
  // Another one for each page: an end that stays in sight is no news to an observer.
  return <More key={next} loading={loading} onMore={onMore} />
}

/** Loads the next page when it comes near; as a button it works without scrolling too. */
function More({ loading, onMore }: { loading: boolean; onMore: () => void }) {
  const end = useRef<HTMLDivElement>(null)
  const more = useEffectEvent(onMore)
  useEffect(() => {
    const element = end.current
    if (!element) return
    const observer = new IntersectionObserver(entries => entries.some(entry => entry.isIntersecting) && more(), {
      rootMargin: '600px 0px',
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={end} className="list-end">
      <button type="button" className="button" onClick={onMore}>
        {loading ? 'Loading…' : 'Show more'}
      </button>
    </div>
  )
}
