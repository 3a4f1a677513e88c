interface TheirsProps {
  /** What it is now, in words; null = it is not in dispute. */
  value: string | null
  onTake: () => void
}

/** What somebody else has made of a field that is being edited here, with a way to take it. */
export function Theirs({ value, onTake }: TheirsProps) {
  if (value === null) return null
  return (
    <span className="theirs">
      Now: <q dir="auto">{value === '' ? 'nothing' : value}</q>{' '}
      <button type="button" className="link-button" onClick={onTake}>
        Take this
      </button>
    </span>
  )
}
