import { signOut } from '../session/account.ts'
import { formErrors } from '../lib/form-errors.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { chooseTheme, themes, themeStore } from '../lib/theme.ts'
import { Icon } from '../ui/icon.tsx'
import { PasswordForm } from './password-form.tsx'
import { ProfileForm } from './profile-form.tsx'
import { Sessions } from './sessions.tsx'

export function SettingsView() {
  const { me, toasts } = usePage()
  return (
    <div className="settings">
      <header className="settings-head">
        <div>
          <h1>Settings</h1>
          <p>
            Signed in as {me.email}
            {me.role === 'admin' && <span className="tag">Administrator</span>}
          </p>
        </div>
        <button
          type="button"
          className="button"
          onClick={() => void signOut().catch(error => toasts.error(formErrors(error, []).whole ?? ''))}
        >
          <Icon name="exit" />
          Sign out
        </button>
      </header>
      <ProfileForm />
      <Appearance />
      <PasswordForm />
      <Sessions />
    </div>
  )
}

const themeNames = { system: 'Like the system', light: 'Light', dark: 'Dark' }

function Appearance() {
  const chosen = useStore(themeStore, theme => theme)
  return (
    <section className="panel" aria-labelledby="appearance">
      <h2 id="appearance">Appearance</h2>
      <div className="segments" role="radiogroup" aria-labelledby="appearance">
        {themes.map(theme => (
          <label key={theme}>
            <input type="radio" name="theme" checked={theme === chosen} onChange={() => chooseTheme(theme)} />
            <span>{themeNames[theme]}</span>
          </label>
        ))}
      </div>
    </section>
  )
}
