import { useId, useState } from 'react'
import type { Export } from '../../../sdk/index.ts'
import { ExportRow } from '../exports/export-row.tsx'
import { formatNames, type DataFormat } from '../exports/words.ts'
import { useSending } from '../forms/use-sending.ts'
import { useStore } from '../lib/store.ts'
import { useTitle } from '../lib/titles.ts'
import { usePage } from '../lib/use-page.ts'
import { exportFilters } from '../tasks/export-filters.ts'
import { ChoiceField } from '../ui/choice-field.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { FormFoot } from '../ui/form-foot.tsx'
import { Modal } from '../ui/modal.tsx'
import { ModalForm } from '../ui/modal-form.tsx'

/** The tasks that the board shows, as a file. */
export function ExportTasks({ onClose }: { onClose: () => void }) {
  const { client, board } = usePage()
  const formId = useId()
  const [format, setFormat] = useState<DataFormat>('csv')
  const [item, setItem] = useState<Export | null>(null)
  const { errors, busy, send } = useSending(['format'], { staysOpen: true })
  const { filters, showCancelled } = useStore(board.store, state => state)
  useTitle('Export these tasks', { isOver: true })

  return (
    <Modal title="Export these tasks" className="export-dialog" onClose={onClose}>
      <ModalForm
        id={formId}
        onSubmit={form =>
          void send(
            async () =>
              setItem(
                await client.exports.data({ type: 'tasks', format, filters: exportFilters(filters, showCancelled) }),
              ),
            form,
          )
        }
      >
        <ErrorNotice>{errors.whole}</ErrorNotice>
        <p className="hint">Those that fit the filters of the board, with all that is in them.</p>
        <ChoiceField
          label="Format"
          data-first
          error={errors.fields.format}
          names={formatNames}
          value={format}
          onChange={setFormat}
        />
        {item && (
          <ul className="exports" aria-label="The file">
            <ExportRow item={item} onChange={setItem} />
          </ul>
        )}
      </ModalForm>
      <FormFoot form={formId} action="Export" busy={busy} onClose={onClose} close="Close" />
    </Modal>
  )
}
