interface StepsOptions {
  history: History
  /** The address may be another one. */
  onMoved: () => void
}

/** What an entry of the history is, beside its address. */
interface Entry {
  /** The how manieth it is. */
  at: number
  /** The address of the entry before it, if that is the page's too. */
  from?: string
  /** Of a dialog without an address. */
  step?: number
}

interface Step {
  id: number
  close: () => void
}

/**
 * The history of the browser as the page uses it. Going back in it takes until the browser has told us: what is asked for
 * meanwhile waits, so that nothing is done to an entry that is about to be left.
 */
export function createSteps({ history, onMoved }: StepsOptions) {
  const open: Step[] = []
  const waiting: (() => void)[] = []
  let isReturning = false
  /** Those of an earlier load of the page are never taken for ours. */
  let last = Date.now()
  const entry = (): Entry => (history.state as Entry | null) ?? { at: 0 }
  const isOpen = (id: number) => open.some(step => step.id === id)
  /** Where we are, as far as we were told. */
  let here = { at: entry().at, hash: location.hash }
  /** An address that was changed while dialogs were open, which is that of the entries below them too. */
  let below: { first: number; end: number; url: string } | null = null

  // Reloaded while a dialog was open that no address tells of: the entry stays, and is one like any other.
  history.replaceState({ ...entry(), step: undefined }, '')

  function put(how: 'pushState' | 'replaceState', state: Entry, url?: string) {
    history[how](state, '', url)
    here = { at: state.at, hash: location.hash }
  }
  const next = (): Entry => ({ at: here.at + 1, from: here.hash })

  function back() {
    isReturning = true
    history.back()
  }

  function whenHere(work: () => void) {
    if (isReturning) waiting.push(work)
    else work()
  }

  addEventListener('popstate', () => {
    isReturning = false
    noteWhere()
    while (!isReturning && waiting.length > 0) waiting.shift()!()
    if (!isReturning) arrived()
  })

  function noteWhere() {
    // By a link, or an address that was put into the tab: new, and nothing is written on it yet.
    if (history.state === null) history.replaceState(next(), '')
    here = { at: entry().at, hash: location.hash }
    if (!below || here.at < below.first || here.at >= below.end) return
    put('replaceState', entry(), below.url)
    if (here.at === below.first) below = null
  }

  /** By the buttons of the browser, by a link, or by our own going back. */
  function arrived() {
    const { step } = entry()
    // Its dialog is closed: an entry without a meaning.
    if (step !== undefined && !isOpen(step)) return back()
    while (open.length > 0 && open.at(-1)!.id !== step) open.pop()!.close()
    onMoved()
  }

  return {
    /**
     * @param close called when one goes back, or elsewhere
     * @returns what ends the step when the dialog was closed otherwise
     */
    open(close: () => void): () => void {
      const id = (last += 1)
      open.push({ id, close })
      whenHere(() => put('pushState', { ...next(), step: id }))
      return () => {
        const at = open.findIndex(step => step.id === id)
        if (at !== -1) open.splice(at, 1)
        whenHere(() => {
          if (entry().step === id) back()
        })
      }
    },
    push(url: string) {
      whenHere(() => {
        below = null
        put('pushState', next(), url)
        arrived()
      })
    },
    replace(url: string) {
      whenHere(() => {
        if (entry().step !== undefined) below = { first: here.at - open.length, end: here.at, url }
        put('replaceState', entry(), url)
        onMoved()
      })
    },
    /** @param mayReturnTo whether one may go back there, as an address; else `otherwise` takes the place of this one */
    leave(otherwise: string, mayReturnTo: (from: string) => boolean) {
      whenHere(() => {
        const { from } = entry()
        if (from !== undefined && mayReturnTo(from)) return back()
        put('replaceState', entry(), otherwise)
        onMoved()
      })
    },
  }
}
