import { useCallback, useEffect, useState } from 'react'
import { type NotificationPreferences, optionalNotificationTypes } from '../../../sdk/index.ts'
import { formErrors } from '../lib/form-errors.ts'
import { usePage } from '../lib/use-page.ts'
import { notificationNames } from '../lib/vocabulary.ts'

/** What one wants to be told; each kind by itself, and stored as soon as it is chosen. */
export function Preferences() {
  const { client, toasts } = usePage()
  const [chosen, setChosen] = useState<NotificationPreferences | null>(null)
  const [failed, setFailed] = useState(false)

  const load = useCallback(
    () => void client.notifications.preferences().then(setChosen, () => setFailed(true)),
    [client],
  )
  useEffect(load, [load])

  function retry() {
    setFailed(false)
    load()
  }

  async function choose(type: keyof NotificationPreferences, on: boolean) {
    setChosen(now => now && { ...now, [type]: on })
    try {
      await client.notifications.setPreferences({ [type]: on })
    } catch (error) {
      setChosen(now => now && { ...now, [type]: !on })
      toasts.error(`Not stored: ${formErrors(error, []).whole}`)
    }
  }

  return (
    <section className="panel" aria-labelledby="what-to-tell">
      <h2 id="what-to-tell">What to tell you</h2>
      {failed && (
        <p className="hint">
          What you chose could not be loaded.{' '}
          <button type="button" className="link-button" onClick={retry}>
            Try again
          </button>
        </p>
      )}
      {!failed && chosen === null && <p className="hint">Loading…</p>}
      {chosen && (
        <ul className="preferences">
          {optionalNotificationTypes.map(type => (
            <li key={type}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen[type]}
                  aria-describedby={`tell-${type}`}
                  onChange={event => void choose(type, event.target.checked)}
                />
                {notificationNames[type].name}
              </label>
              <p id={`tell-${type}`} className="hint">
                {notificationNames[type].hint}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
