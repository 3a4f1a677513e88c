import { useEffect, useState } from 'react'
import { openStep, useRoute } from '../lib/router.ts'
import { documentTitle } from '../lib/titles.ts'
import { Brand } from '../ui/marks.tsx'
import { CreateAccount } from './create-account.tsx'
import { ForgotPassword } from './forgot-password.tsx'
import { useOptions } from './options.ts'
import { ResetPassword } from './reset-password.tsx'
import { SignIn } from './sign-in.tsx'
import { WelcomePicture } from './welcome-picture.tsx'

const titles = { 'sign-in': 'Sign in', create: 'Create an account', forgot: 'Forgot password' } as const

/** Where letters and administrators' links lead, also while somebody is signed in. */
export const resetPath = '/reset-password'

/** Signing in, and the first look at the product. */
export function Welcome({ why, signedInAs }: { why?: string | undefined; signedInAs?: string | undefined }) {
  const [view, setView] = useState<'sign-in' | 'create' | 'forgot'>('sign-in')
  const [email, setEmail] = useState('')
  const options = useOptions()
  const typed = { email, onEmail: setEmail }
  const [said, setSaid] = useState(why)
  const { path, query } = useRoute()
  useEffect(() => {
    document.title = documentTitle(path === resetPath ? 'A new password' : titles[view], 0)
  }, [view, path])
  // As if it lay over the sign-in: going back leads there.
  useEffect(() => (view === 'sign-in' ? undefined : openStep(() => setView('sign-in'))), [view])
  return (
    <div className="welcome">
      <aside className="welcome-side" aria-hidden="true">
        <WelcomePicture />
        <p>
          One board.
          <br />
          Everyone sees it change.
        </p>
      </aside>
      <main className="welcome-main">
        <div className="welcome-form">
          <span className="brand">
            <Brand />
            <b>Taskwire</b>
          </span>
          {said && path !== resetPath && <p className="notice">{said}</p>}
          {path === resetPath ? (
            <ResetPassword
              key={query.get('token')}
              token={query.get('token') ?? ''}
              signedInAs={signedInAs}
              onDone={words => {
                setSaid(words)
                setView('sign-in')
              }}
            />
          ) : view === 'sign-in' ? (
            <SignIn
              {...typed}
              registration={options?.registration}
              onCreate={() => setView('create')}
              onForgot={() => setView('forgot')}
            />
          ) : view === 'forgot' ? (
            <ForgotPassword {...typed} mail={options?.mail} onBack={() => setView('sign-in')} />
          ) : (
            <CreateAccount {...typed} onBack={() => setView('sign-in')} />
          )}
        </div>
      </main>
    </div>
  )
}
