import { usePage } from '../lib/use-page.ts'

/** A secret, the only time that it is shown. */
export function Secret({ secret }: { secret: string }) {
  const { toasts } = usePage()

  /** A page without https has no clipboard; then it is copied by hand. */
  async function copy() {
    try {
      await navigator.clipboard.writeText(secret)
      toasts.say('The secret is copied')
    } catch {
      toasts.say('The browser does not let this page copy. Select the secret and copy it.')
    }
  }

  return (
    <div className="notice webhook-secret" role="group" aria-label="The secret">
      <p>The receiver verifies messages with this secret. It is not shown again:</p>
      <code className="secret">{secret}</code>
      <div>
        <button type="button" className="button" onClick={() => void copy()}>
          Copy the secret
        </button>
      </div>
    </div>
  )
}
