import { useEffect } from 'react'
import { accountStore, recallAccount } from './session/account.ts'
import { resetPath, Welcome } from './account/welcome.tsx'
import { PageContext } from './lib/use-page.ts'
import { useRoute } from './lib/router.ts'
import { Shell } from './shell.tsx'
import { useStore } from './lib/store.ts'
import { Brand } from './ui/marks.tsx'

export function App() {
  const account = useStore(accountStore, state => state)
  const { path } = useRoute()
  useEffect(() => void recallAccount(), [])

  if (path === resetPath && account.at !== 'unknown')
    return <Welcome signedInAs={account.at === 'signed-in' ? account.user.name : undefined} />

  switch (account.at) {
    case 'unknown':
      // What index.html has drawn stays for as long as there is nothing else.
      return null
    case 'unreachable':
      return <Unreachable />
    case 'signed-out':
      return <Welcome why={account.why} />
    case 'signed-in':
      return (
        <PageContext key={account.user.id} value={{ ...account.page, me: account.user }}>
          <Shell />
        </PageContext>
      )
    default:
      return account satisfies never
  }
}

function Unreachable() {
  useEffect(() => {
    const timer = setInterval(() => void recallAccount(), 3_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <main className="splash">
      <Brand />
      <h1>The server does not answer</h1>
      <p>This page tries again every few seconds.</p>
      <button type="button" className="button" onClick={() => void recallAccount()}>
        Try now
      </button>
    </main>
  )
}
