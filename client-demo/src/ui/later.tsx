import { Component, lazy, Suspense, type ComponentType, type ReactNode } from 'react'

/** A part of the page whose code is fetched when it is shown for the first time. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>, meanwhile: ReactNode = null) {
  const Part = lazy(async () => ({ default: await load() })) as unknown as ComponentType<Props>
  return (props: Props) => (
    <Missing>
      <Suspense fallback={meanwhile}>
        <Part {...props} />
      </Suspense>
    </Missing>
  )
}

/** For the code of a whole view. */
export const laterView = <Props extends object>(load: () => Promise<ComponentType<Props>>) =>
  later(load, <p className="list-end">Loading…</p>)

/** In place of what cannot be fetched: the line is broken, or the server has a newer page. What was begun is kept. */
class Missing extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: undefined as unknown }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (error === undefined) return this.props.children
    // Only what could not be fetched; whatever is wrong with a part that is here must not look like a broken line.
    if (!isFetchError(error)) throw error
    return (
      <div className="nothing" role="alert">
        <h1>This part could not be loaded</h1>
        <p>The server does not answer, or has a newer version of this page.</p>
        <button type="button" className="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
    )
  }
}

const isFetchError = (error: unknown) =>
  error instanceof Error && /import|module script|preload|fetch/i.test(error.message)
