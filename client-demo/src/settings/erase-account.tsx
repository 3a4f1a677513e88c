import { useId, useState } from 'react'
import { useSending } from '../forms/use-sending.ts'
import { usePage } from '../lib/use-page.ts'
import { eraseAccount } from '../session/account.ts'
import { Ask } from '../ui/ask.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { OwnPassword } from './own-password.tsx'

/** The end of an account. It says before what goes and what stays, and asks twice. */
export function EraseAccount() {
  const { me } = usePage()
  const formId = useId()
  const [password, setPassword] = useState('')
  const [asking, setAsking] = useState(false)
  const { errors, busy, send, refuse } = useSending(['password'], { staysOpen: true })

  function erase() {
    setAsking(false)
    void send(
      () => eraseAccount(me.has_password ? password : undefined),
      document.getElementById(formId) as HTMLFormElement,
    )
  }

  return (
    <section className="panel" aria-labelledby="erase-account">
      <h2 id="erase-account">Erase your account</h2>
      <div className="goes-and-stays">
        <div>
          <h3 id="what-goes">What goes</h3>
          <ul aria-labelledby="what-goes">
            <li>Your account: name, user name, address, password and settings</li>
            <li>Your sessions, at once and everywhere</li>
            <li>All files that you have uploaded</li>
            <li>Your drafts, private videos, webhooks, API keys, exports and notifications</li>
            <li>Private projects that nobody else is a member of, with their tasks</li>
          </ul>
        </div>
        <div>
          <h3 id="what-stays">What stays, by “Deleted user”</h3>
          <ul aria-labelledby="what-stays">
            <li>Tasks, comments and published posts that you wrote</li>
            <li>Your other videos</li>
            <li>Projects with other members; one of them becomes the owner if you were the only one</li>
            <li>Tasks that were assigned to you, assigned to nobody</li>
          </ul>
        </div>
      </div>
      <form
        id={formId}
        className="stack"
        noValidate
        onSubmit={event => {
          event.preventDefault()
          if (me.has_password && password === '')
            refuse({ password: 'Enter your password, so that nobody else does this' })
          else setAsking(true)
        }}
      >
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <OwnPassword value={password} error={errors.fields.password} onChange={setPassword} />
        <button type="submit" className="button button-danger" aria-disabled={busy}>
          Erase account…
        </button>
      </form>
      {asking && (
        <Ask
          title="Erase your account for good?"
          text={`The account ${me.email} is closed now, and its data is erased. Nobody can bring it back, not even an administrator.`}
          action="Erase for good"
          onYes={erase}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  )
}
