import { Exports } from '../exports/export-list.tsx'
import { linkTo } from '../lib/base-path.ts'
import { formErrors } from '../lib/form-errors.ts'
import { usePage } from '../lib/use-page.ts'
import { signOut } from '../session/account.ts'
import { Icon } from '../ui/icon.tsx'
import { AccountSettings } from './account-settings.tsx'
import { OwnKeys } from './keys/own-keys.tsx'
import { OwnWebhooks } from './own-webhooks.tsx'
import { settingsPlaces } from './places.ts'
import { YourData } from './your-data.tsx'

const views = {
  '/settings': AccountSettings,
  '/settings/exports': Exports,
  '/settings/webhooks': OwnWebhooks,
  '/settings/keys': OwnKeys,
  '/settings/data': YourData,
} as const

/** What everybody decides for themselves. */
export function SettingsView({ path }: { path: string }) {
  const { me, toasts } = usePage()
  const part = settingsPlaces.find(one => one.path === path) ?? settingsPlaces[0]
  const Part = views[part.path]
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
        <nav className="segments" aria-label="Settings">
          {settingsPlaces.map(({ path: to, name }) => (
            <a key={to} href={linkTo(to)} aria-current={to === part.path ? 'page' : undefined}>
              <span>{name}</span>
            </a>
          ))}
        </nav>
      </header>
      <Part />
    </div>
  )
}
