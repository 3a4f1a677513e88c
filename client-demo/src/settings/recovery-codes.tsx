import { usePage } from '../lib/use-page.ts'
import { startDownload } from '../ui/start-download.ts'

/** The recovery codes, the only time that they are shown. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const { toasts, me } = usePage()
  const text = `Recovery codes of ${me.email} for Taskwire\n\n${codes.join('\n')}\n`

  /** A page without https has no clipboard; then they are copied by hand. */
  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      toasts.say('The recovery codes are copied')
    } catch {
      toasts.say('The browser does not let this page copy. Select the codes and copy them.')
    }
  }

  function download() {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    startDownload(url, 'taskwire-recovery-codes.txt')
    URL.revokeObjectURL(url)
  }

  return (
    <div className="notice recovery-codes" role="group" aria-label="Recovery codes">
      <p>
        Keep these codes apart from your telephone. Each of them signs you in once when you have no authenticator app.
        They are not shown again:
      </p>
      <ul>
        {codes.map(code => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="row">
        <button type="button" className="button" onClick={() => void copy()}>
          Copy the codes
        </button>
        <button type="button" className="button" onClick={download}>
          Download the codes
        </button>
        <button type="button" className="button button-primary" onClick={onDone}>
          I have kept them
        </button>
      </div>
    </div>
  )
}
