import { useState } from 'react'
import type { User } from '../../../sdk/index.ts'
import { linkToReset } from '../lib/addresses.ts'
import { copyLink } from '../ui/copy-link.ts'
import { Restored } from '../drafts/restored.tsx'
import { useKept } from '../drafts/use-kept.ts'
import { formErrors } from '../lib/form-errors.ts'
import { formatMoment } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { Ask } from '../ui/ask.tsx'
import { ChoiceField } from '../ui/choice-field.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { Modal } from '../ui/modal.tsx'
import { AccountKeys } from './account-keys.tsx'

interface Props {
  user: User
  onClose: () => void
  onChanged: (user: User) => void
}

/** What an account is and may do, and a new password for who forgot theirs. */
export function AccountDialog({ user, onClose, onChanged }: Props) {
  const { client, toasts } = usePage()
  const {
    text: permissions,
    isRestored,
    write: setPermissions,
    forget,
  } = useKept(`permissions:${user.id}`, user.permissions.join(' '))
  const [errors, setErrors] = useState<string | null>(null)
  const [asking, setAsking] = useState(false)
  const [reset, setReset] = useState<{ reset_token: string; expires_at: string } | null>(null)

  async function run(work: () => Promise<User>) {
    setErrors(null)
    try {
      onChanged(await work())
      toasts.say('Changed')
      return true
    } catch (error) {
      setErrors(formErrors(error, []).whole)
    }
  }
  const put = (change: Partial<Pick<User, 'role' | 'tier' | 'is_verified' | 'permissions'>>) =>
    run(() => client.adminUsers.update({ id: user.id, ...change }))

  async function resetPassword() {
    setAsking(false)
    setErrors(null)
    try {
      setReset(await client.adminUsers.resetPassword({ id: user.id }))
    } catch (error) {
      setErrors(formErrors(error, []).whole)
    }
  }

  async function resetLimits() {
    setErrors(null)
    try {
      await client.rateLimits.reset({ user_id: user.id })
      toasts.say('May call and sign in again')
    } catch (error) {
      setErrors(formErrors(error, []).whole)
    }
  }

  return (
    <Modal title={user.name} onClose={onClose}>
      <div className="modal-body stack">
        <ErrorNotice>{errors}</ErrorNotice>
        <Restored isShown={isRestored} onStartOver={forget} />
        <p className="hint">
          @{user.username}, {user.email}, registered {formatMoment(user.created_at)}
        </p>
        <div className="pair">
          <ChoiceField
            label="Account role"
            data-first
            names={{ user: 'Ordinary person', admin: 'Administrator' }}
            value={user.role}
            onChange={role => void put({ role })}
          />
          <ChoiceField
            label="Tier"
            names={{ free: 'Free', pro: 'Pro' }}
            value={user.tier}
            onChange={tier => void put({ tier })}
          />
        </div>
        <Field
          label="Permissions"
          hint="Such as events:publish, with spaces between them; saved when you leave the field"
        >
          {props => (
            <input
              {...props}
              value={permissions}
              onChange={event => setPermissions(event.target.value)}
              onBlur={() => {
                const wanted = permissions.split(/[\s,]+/).filter(Boolean)
                if (wanted.join(' ') === user.permissions.join(' ')) return forget()
                void put({ permissions: wanted }).then(isStored => isStored && forget())
              }}
            />
          )}
        </Field>
        <label className="check">
          <input
            type="checkbox"
            checked={user.is_verified}
            onChange={event => void put({ is_verified: event.target.checked })}
          />
          E-mail address is verified
        </label>
        <AccountKeys user={user} />
        {reset && (
          <p className="notice" aria-live="polite">
            <span>
              Send {user.name} this link: it leads to a new password, once, until {formatMoment(reset.expires_at)}. It
              is not shown again: <code className="secret">{linkToReset(reset.reset_token)}</code>{' '}
              <button
                type="button"
                className="button"
                onClick={() => void copyLink(linkToReset(reset.reset_token), toasts)}
              >
                Copy the link
              </button>
            </span>
          </p>
        )}
      </div>
      <footer className="modal-foot">
        <button type="button" className="button" onClick={() => setAsking(true)}>
          Reset password…
        </button>
        <button type="button" className="button" onClick={() => void resetLimits()}>
          Reset limits
        </button>
        {user.two_factor && (
          <button
            type="button"
            className="button"
            onClick={() => void run(() => client.adminUsers.removeTwoFactor({ id: user.id }))}
          >
            Remove second factor
          </button>
        )}
        <span className="bar-space" />
        <button
          type="button"
          className={user.is_active ? 'button button-danger' : 'button button-primary'}
          disabled={user.is_banned}
          onClick={() => void run(() => client.adminUsers.toggleActive({ id: user.id }))}
        >
          {user.is_banned ? 'Banned' : user.is_active ? 'Disable' : 'Enable'}
        </button>
      </footer>
      {asking && (
        <Ask
          title="Reset the password?"
          text={`All sessions of ${user.name} end now, and the old password works until the link that you get is used.`}
          action="Reset"
          onYes={() => void resetPassword()}
          onClose={() => setAsking(false)}
        />
      )}
    </Modal>
  )
}
