import { limits } from '../../../sdk/index.ts'
import { signedIn } from '../session/account.ts'
import { Restored } from '../drafts/restored.tsx'
import { useKept } from '../drafts/use-kept.ts'
import { Theirs } from '../forms/theirs.tsx'
import { useSubmit } from '../forms/use-sending.ts'
import { usePage } from '../lib/use-page.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'

export function ProfileForm() {
  const { me, client, toasts, directory } = usePage()
  const name = useKept('profile:name', me.name)
  const username = useKept('profile:username', me.username)
  const { errors, busy, submit } = useSubmit(save, ['name', 'username'], { staysOpen: true })

  async function save() {
    // What was not touched may have been changed elsewhere since.
    const user = await client.accounts.updateMe({
      ...(name.isEdited && { name: name.text.trim() }),
      ...(username.isEdited && { username: username.text.trim() }),
    })
    startOver()
    signedIn(user)
    directory.add([user])
    toasts.say('Your profile is updated')
  }

  function startOver() {
    name.forget()
    username.forget()
  }

  return (
    <section className="panel" aria-labelledby="profile">
      <h2 id="profile">Profile</h2>
      <form className="stack" onSubmit={submit} noValidate>
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <Restored isShown={name.isRestored || username.isRestored} onStartOver={startOver} />
        <div className="pair">
          <Field label="Name" error={errors.fields.name} hint={<Theirs value={name.theirs} onTake={name.forget} />}>
            {props => (
              <input
                {...props}
                autoComplete="name"
                maxLength={limits.personName}
                value={name.text}
                onChange={event => name.write(event.target.value)}
              />
            )}
          </Field>
          <Field
            label="Username"
            error={errors.fields.username}
            hint={<Theirs value={username.theirs} onTake={username.forget} />}
          >
            {props => (
              <input
                {...props}
                autoComplete="nickname"
                spellCheck={false}
                maxLength={limits.username}
                value={username.text}
                onChange={event => username.write(event.target.value)}
              />
            )}
          </Field>
        </div>
        <button type="submit" className="button" aria-disabled={busy}>
          Update profile
        </button>
      </form>
    </section>
  )
}
