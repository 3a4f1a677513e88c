import { useEffect, useState } from 'react'
import { useRoute } from '../router.ts'
import { documentTitle } from '../titles.ts'
import { Brand } from '../ui/marks.tsx'
import { CreateAccount } from './create-account.tsx'
import { ResetPassword } from './reset-password.tsx'
import { SignIn } from './sign-in.tsx'
import { WelcomePicture } from './welcome-picture.tsx'

/** Signing in, and the first look at the product. */
export function Welcome({ why }: { why: string | undefined }) {
  const [view, setView] = useState<'sign-in' | 'create'>('sign-in')
  const [said, setSaid] = useState(why)
  const { path, query } = useRoute()
  useEffect(() => {
    document.title = documentTitle(view === 'sign-in' ? 'Sign in' : 'Create an account', 0)
  }, [view])
  const token = path === '/reset-password' ? query.get('token') : null
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
          {said && <p className="notice">{said}</p>}
          {token !== null ? (
            <ResetPassword token={token} onDone={setSaid} />
          ) : view === 'sign-in' ? (
            <SignIn onCreate={() => setView('create')} />
          ) : (
            <CreateAccount onBack={() => setView('sign-in')} />
          )}
        </div>
      </main>
    </div>
  )
}
