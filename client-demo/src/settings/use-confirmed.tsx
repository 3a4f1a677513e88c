import { useState, type ReactNode } from 'react'
import { isTaskwireError } from '../../../sdk/index.ts'
import { ConfirmPassword } from './confirm-password.tsx'

/** What changes how somebody signs in is allowed soon after signing in only; later the password is asked once more. */
export function useConfirmed(): {
  /** Does it, now or after the password; throws whatever else it threw. */
  confirmed: (work: () => Promise<void>) => Promise<void>
  /** The dialog that asks, while it does. */
  dialog: ReactNode
} {
  const [waiting, setWaiting] = useState<{ work: () => Promise<void> }>()

  return {
    async confirmed(work) {
      try {
        await work()
      } catch (error) {
        if (!isTaskwireError(error, 'reauthentication_required')) throw error
        setWaiting({ work })
      }
    },
    dialog: waiting && (
      <ConfirmPassword
        onClose={() => setWaiting(undefined)}
        onConfirmed={async () => {
          await waiting.work()
          setWaiting(undefined)
        }}
      />
    ),
  }
}
