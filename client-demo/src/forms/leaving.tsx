import { useState } from 'react'

interface LeavingOptions {
  /** Something would be lost. */
  isAtStake: boolean
  /** Forgets what was typed. */
  forget: () => void
  onClose: () => void
}

/** Closing a dialog with words in it asks first. Closing once more means staying: what was typed is worth more than a key. */
export function useLeaving({ isAtStake, forget, onClose }: LeavingOptions) {
  const [isAsked, setAsked] = useState(false)
  return {
    isAsked: isAsked && isAtStake,
    close() {
      if (isAtStake) setAsked(!isAsked)
      else onClose()
    },
    stay: () => setAsked(false),
    discard() {
      forget()
      onClose()
    },
  }
}

/** In place of the buttons of a dialog. */
export function Leaving({ discard, stay }: Pick<ReturnType<typeof useLeaving>, 'discard' | 'stay'>) {
  return (
    <div className="modal-foot" role="alert">
      <span>What you changed is not stored yet.</span>
      <span className="bar-space" />
      <button type="button" className="button button-quiet" autoFocus onClick={stay}>
        Go on editing
      </button>
      <button type="button" className="button button-danger" onClick={discard}>
        Discard
      </button>
    </div>
  )
}
