import { usePage } from '../../lib/use-page.ts'

/** A key, the only time that it is shown. */
export function ShownKey({ value }: { value: string }) {
  const { toasts } = usePage()

  /** A page without https has no clipboard; then it is copied by hand. */
  async function copy() {
    try {
      await navigator.clipboard.writeText(value)
      toasts.say('The key is copied')
    } catch {
      toasts.say('The browser does not let this page copy. Select the key and copy it.')
    }
  }

  return (
    <div className="notice shown-key" role="group" aria-label="The key">
      <p>Programs send this key in the header X-API-Key. Keep it like a password. It is not shown again:</p>
      <code>{value}</code>
      <div>
        <button type="button" className="button" onClick={() => void copy()}>
          Copy the key
        </button>
      </div>
    </div>
  )
}
