import { useStore } from '../lib/store.ts'
import { chooseTheme, themes, themeStore } from '../lib/theme.ts'
import { LinkedAccounts } from './linked-accounts.tsx'
import { PasswordForm } from './password-form.tsx'
import { ProfileForm } from './profile-form.tsx'
import { RateLimitStatus } from './rate-limits.tsx'
import { Sessions } from './sessions.tsx'
import { TwoFactor } from './two-factor.tsx'

/** Who one is here, and where one is signed in. */
export function AccountSettings() {
  return (
    <>
      <ProfileForm />
      <Appearance />
      <PasswordForm />
      <TwoFactor />
      <LinkedAccounts />
      <Sessions />
      <RateLimitStatus />
    </>
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
