import { useState } from 'react'
import { Brand } from '../ui/marks.tsx'
import { CreateAccount } from './create-account.tsx'
import { SignIn } from './sign-in.tsx'
import { WelcomePicture } from './welcome-picture.tsx'

/** Signing in, and the first look at the product. */
export function Welcome({ why }: { why: string | undefined }) {
  const [view, setView] = useState<'sign-in' | 'create'>('sign-in')
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
          {why !== undefined && <p className="notice">{why}</p>}
          {view === 'sign-in' ? (
            <SignIn onCreate={() => setView('create')} />
          ) : (
            <CreateAccount onBack={() => setView('sign-in')} />
          )}
        </div>
      </main>
    </div>
  )
}
