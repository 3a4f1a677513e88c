import { useState } from 'react'
import type { Export, ExportDataType } from '../../../sdk/index.ts'
import { useSubmit } from '../forms/use-sending.ts'
import { usePage } from '../lib/use-page.ts'
import { ChoiceField } from '../ui/choice-field.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { dataNames, formatNames, type DataFormat } from './words.ts'

const { users: _, ...namesForAll } = dataNames

/** Asks for an export of everything of one kind. */
export function NewExport({ onStarted }: { onStarted: (item: Export) => void }) {
  const { client, me } = usePage()
  const [type, setType] = useState<ExportDataType>('tasks')
  const [format, setFormat] = useState<DataFormat>('csv')
  const { errors, busy, submit } = useSubmit(
    async () => onStarted(await client.exports.data({ type, format })),
    ['type', 'format'],
    { staysOpen: true },
  )
  const names: Partial<Record<ExportDataType, string>> = me.role === 'admin' ? dataNames : namesForAll
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <ErrorNotice>{errors.whole}</ErrorNotice>
      <div className="pair">
        <ChoiceField
          label="What"
          error={errors.fields.type}
          names={names as Record<ExportDataType, string>}
          value={type}
          onChange={setType}
        />
        <ChoiceField
          label="Format"
          error={errors.fields.format}
          names={formatNames}
          value={format}
          onChange={setFormat}
        />
      </div>
      <button type="submit" className="button button-primary" aria-disabled={busy}>
        Export
      </button>
    </form>
  )
}
