import { useState } from 'react'
import { backupTypes, type Backup, type BackupType } from '../../../../sdk/index.ts'
import { useSubmit } from '../../forms/use-sending.ts'
import { formErrors } from '../../lib/form-errors.ts'
import { usePage } from '../../lib/use-page.ts'
import { ChoiceField } from '../../ui/choice-field.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { ListEnd } from '../../ui/list-end.tsx'
import { BackupRow } from './backup-row.tsx'
import { RestoreDialog } from './restore-dialog.tsx'
import { useBackups } from './use-backups.ts'
import { typeNames } from './words.ts'
import '../../styles/backups.css'

/** The backups: making them, seeing how they get on, and putting one back. */
export function Backups() {
  const { client, toasts } = usePage()
  const { items, end, reload, jobOf } = useBackups()
  const [restored, setRestored] = useState<Backup | null>(null)

  async function cancel(id: number) {
    try {
      await client.jobs.cancel({ id })
    } catch (error) {
      toasts.error(formErrors(error, []).whole ?? '')
    }
    await reload()
  }

  return (
    <section className="panel" aria-label="Backups" aria-busy={end.loading}>
      <NewBackup onBegun={() => void reload()} />
      <ul className="backups">
        {items.map(backup => (
          <BackupRow
            key={backup.id}
            backup={backup}
            job={jobOf(backup)}
            onRestore={() => setRestored(backup)}
            onCancel={() => backup.job_id !== null && void cancel(backup.job_id)}
          />
        ))}
      </ul>
      <ListEnd {...end}>There are no backups yet.</ListEnd>
      {restored && <RestoreDialog key={restored.id} backup={restored} onClose={() => setRestored(null)} />}
    </section>
  )
}

const offered = Object.fromEntries(backupTypes.map(type => [type, typeNames[type]])) as Record<BackupType, string>

function NewBackup({ onBegun }: { onBegun: () => void }) {
  const { client } = usePage()
  const [type, setType] = useState<BackupType>('full')
  const { errors, busy, submit } = useSubmit(
    async () => {
      await client.backups.create({ type })
      onBegun()
    },
    ['type'],
    { staysOpen: true },
  )
  return (
    <form className="new-backup" onSubmit={submit} noValidate>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <ChoiceField label="Of what" error={errors.fields.type} names={offered} value={type} onChange={setType} />
      <button type="submit" className="button button-primary" aria-disabled={busy}>
        Make a backup
      </button>
    </form>
  )
}
