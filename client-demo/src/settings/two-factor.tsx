import { useEffect, useEffectEvent, useState } from 'react'
import { useSending } from '../forms/use-sending.ts'
import { formatMoment } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { type Offered, SetUpApp } from './set-up-app.tsx'
import { TurnOffTwoFactor } from './turn-off-two-factor.tsx'
import { useConfirmed } from './use-confirmed.tsx'

interface Status {
  enabled: boolean
  enabled_at: string | null
  recovery_codes_left: number
}

/** The second step of signing in: whether it is on, and how to change that. */
export function TwoFactor() {
  const { client, toasts } = usePage()
  const [status, setStatus] = useState<Status>()
  const [offered, setOffered] = useState<Offered>()
  const [codes, setCodes] = useState<readonly string[]>()
  const [isLeaving, setLeaving] = useState(false)
  const { errors, busy, send } = useSending([], { staysOpen: true })
  const { confirmed, dialog } = useConfirmed()

  const load = async () => setStatus(await client.twoFactor.status())
  const loadFirst = useEffectEvent(() => void send(load))
  useEffect(() => loadFirst(), [])

  const setUp = () => send(() => confirmed(async () => setOffered(await client.twoFactor.setup({}))))
  const renew = () =>
    send(() =>
      confirmed(async () => {
        setCodes((await client.twoFactor.renewRecoveryCodes({})).recovery_codes)
        await load()
      }),
    )

  return (
    <section className="panel" aria-labelledby="two-factor">
      <h2 id="two-factor">Two-factor sign-in</h2>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      {status?.enabled === false && !offered && (
        <>
          <p className="hint">
            With it, signing in needs a code of an app on your telephone in addition to your password.
          </p>
          <button type="button" className="button" aria-disabled={busy} onClick={() => void setUp()}>
            Set up an authenticator app
          </button>
        </>
      )}
      {offered && (
        <SetUpApp
          offered={offered}
          onCancel={() => setOffered(undefined)}
          onOn={shown => {
            setOffered(undefined)
            setCodes(shown)
            toasts.say('Two-factor sign-in is on. All other sessions have ended.')
            void send(load)
          }}
        />
      )}
      {codes && <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />}
      {status?.enabled === true && (
        <>
          <p>
            On since {formatMoment(status.enabled_at ?? '')}. {leftInWords(status.recovery_codes_left)}
          </p>
          <div className="row">
            <button type="button" className="button" aria-disabled={busy} onClick={() => void renew()}>
              New recovery codes
            </button>
            <button type="button" className="button button-danger" onClick={() => setLeaving(true)}>
              Turn it off…
            </button>
          </div>
        </>
      )}
      {isLeaving && (
        <TurnOffTwoFactor
          onClose={() => setLeaving(false)}
          onOff={() => {
            setLeaving(false)
            setCodes(undefined)
            toasts.say('Two-factor sign-in is off')
            void send(load)
          }}
        />
      )}
      {dialog}
    </section>
  )
}

const leftInWords = (left: number): string =>
  left === 1 ? 'One recovery code is left.' : `${left === 0 ? 'No' : left} recovery codes are left.`
