import { linkTo } from '../base-path.ts'
import { usePage } from '../page.tsx'
import { Accounts } from './accounts.tsx'
import { AuditLog } from './audit-log.tsx'
import { JobList } from './job-list.tsx'

const parts = [
  { path: '/operations', name: 'People', View: Accounts },
  { path: '/operations/jobs', name: 'Jobs', View: JobList },
  { path: '/operations/audit', name: 'Audit log', View: AuditLog },
] as const

export const isOperations = (path: string) => parts.some(part => part.path === path)

export const operationsName = (path: string) => parts.find(part => part.path === path)?.name ?? 'Operations'

/** For administrators. */
export function OperationsView({ path }: { path: string }) {
  const { me } = usePage()
  if (me.role !== 'admin') {
    return (
      <div className="nothing">
        <h1>This is for administrators</h1>
        <p>Ask one of them if there is something here that you need.</p>
      </div>
    )
  }
  const part = parts.find(one => one.path === path) ?? parts[0]
  return (
    <div className="settings operations">
      <header className="settings-head">
        <h1>Operations</h1>
        <nav className="segments" aria-label="Operations">
          {parts.map(({ path: to, name }) => (
            <a key={to} href={linkTo(to)} aria-current={to === part.path ? 'page' : undefined}>
              <span>{name}</span>
            </a>
          ))}
        </nav>
      </header>
      <part.View />
    </div>
  )
}
