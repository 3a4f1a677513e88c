import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react'

interface ListEndProps {
  /** Of the list: where its next page begins. */
  next: string | null | undefined
  loading: boolean
  error: string | null
  isEmpty?: boolean
  isFull?: boolean
  onMore: () => void
  className?: string
  /** What stands there before the first page. */
  waiting?: ReactNode
  /** What the button is called. */
  more?: string
  /** More is loaded when somebody asks for it, and not when its place comes near. */
  isByHand?: boolean
  /** What is said when no more can be shown. */
  full?: string
  /** What is said when there is nothing. */
  children?: ReactNode
}

/** What stands below a list: more of it, or why there is none. */
export function ListEnd(props: ListEndProps) {
  const { next, loading, error, onMore, className = 'list-end', children } = props
  if (error !== null) {
    return (
      <div className={className} role="alert">
        <p>{error}</p>
        <button type="button" className="button" onClick={onMore}>
          Try again
        </button>
      </div>
    )
  }
  if (next === undefined) return props.waiting ?? <p className={className}>Loading…</p>
  if (next === null) return props.isEmpty && children ? <div className={className}>{children}</div> : null
  if (props.isFull) return <p className={className}>{props.full ?? 'There are more. Narrow the list to find them.'}</p>
  const button = <MoreButton loading={loading} more={props.more} onMore={onMore} />
  if (props.isByHand) return <div className={className}>{button}</div>
  // Another one for each page: an end that stays in sight is no news to an observer.
  return (
    <ComesNear key={next} className={className} onNear={onMore}>
      {button}
    </ComesNear>
  )
}

interface MoreButtonProps {
  loading: boolean
  more?: string | undefined
  onMore: () => void
}

export const MoreButton = ({ loading, more = 'Show more', onMore }: MoreButtonProps) => (
  <button type="button" className="button" onClick={onMore}>
    {loading ? 'Loading…' : more}
  </button>
)

interface ComesNearProps {
  className: string
  onNear: () => void
  /** It scrolls with what it is in, and not with the page. */
  isInScroller?: boolean
  children: ReactNode
}

/** Tells when it comes near to what can be seen. What it holds works without scrolling too. */
export function ComesNear({ className, onNear, isInScroller = false, children }: ComesNearProps) {
  const end = useRef<HTMLDivElement>(null)
  const near = useEffectEvent(onNear)
  useEffect(() => {
    const element = end.current
    if (!element) return
    const observer = new IntersectionObserver(entries => entries.some(entry => entry.isIntersecting) && near(), {
      root: isInScroller ? element.parentElement : null,
      rootMargin: '600px 0px',
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [isInScroller])
  return (
    <div ref={end} className={className}>
      {children}
    </div>
  )
}
