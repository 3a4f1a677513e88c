interface Way {
  /** What stands before the button. */
  before?: string
  label: string
  onGo: () => void
}

interface FormFootProps {
  /** What the button of the form says; null = there is nothing to send. */
  action: string | null
  isOff: boolean
  /** Where one can go instead. */
  ways: readonly Way[]
}

/** Below a form of somebody who is not signed in: what sends it, and where else one can go. */
export const FormFoot = ({ action, isOff, ways }: FormFootProps) => (
  <>
    {action !== null && (
      <button type="submit" className="button button-primary button-wide" aria-disabled={isOff}>
        {action}
      </button>
    )}
    {ways.map(({ before, label, onGo }) => (
      <p key={label} className="welcome-switch">
        {before !== undefined && `${before} `}
        <button type="button" className="link-button" onClick={onGo}>
          {label}
        </button>
      </p>
    ))}
  </>
)
