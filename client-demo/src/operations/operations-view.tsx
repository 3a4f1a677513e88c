import { usePage } from '../lib/use-page.ts'
import { PartLinks } from '../ui/part-links.tsx'
import { Accounts } from './accounts.tsx'
import { AllWebhooks } from './all-webhooks.tsx'
import { AuditLog } from './audit/audit-log.tsx'
import { Backups } from './backups/backups.tsx'
import { Flags } from './flags/flags.tsx'
import { JobList } from './job-list.tsx'
import { operationsPlaces } from './places.ts'
import { System } from './system/system.tsx'
import '../styles/operations.css'

const views = {
  '/operations': Accounts,
  '/operations/system': System,
  '/operations/flags': Flags,
  '/operations/backups': Backups,
  '/operations/jobs': JobList,
  '/operations/webhooks': AllWebhooks,
  '/operations/audit': AuditLog,
} as const

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
  const part = operationsPlaces.find(one => one.path === path) ?? operationsPlaces[0]
  const Part = views[part.path]
  return (
    <div className="settings operations">
      <header className="settings-head">
        <h1>Operations</h1>
        <PartLinks label="Operations" parts={operationsPlaces} current={part.path} />
      </header>
      <Part />
    </div>
  )
}
