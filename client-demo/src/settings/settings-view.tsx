import { Exports } from '../exports/export-list.tsx'
import { formErrors } from '../lib/form-errors.ts'
import { usePage } from '../lib/use-page.ts'
import { signOut } from '../session/account.ts'
import { Icon } from '../ui/icon.tsx'
import { PartLinks } from '../ui/part-links.tsx'
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
        <PartLinks label="Settings" parts={settingsPlaces} current={part.path} />
      </header>
      <Part />
    </div>
  )
}
