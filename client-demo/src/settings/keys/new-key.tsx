import { useState } from 'react'
import { usePage } from '../../lib/use-page.ts'
import { Modal } from '../../ui/modal.tsx'
import { useConfirmed } from '../use-confirmed.tsx'
import { KeyForm } from './key-form.tsx'
import { ShownKey } from './shown-key.tsx'

interface Props {
  onAdded: () => void
  onClose: () => void
}

/** Makes a key. It is shown here and never again. */
export function NewKey({ onAdded, onClose }: Props) {
  const { client } = usePage()
  const [key, setKey] = useState<string | null>(null)
  const { confirmed, dialog } = useConfirmed()

  if (key !== null) {
    return (
      <Modal title="The key is made" onClose={onClose}>
        <div className="modal-body">
          <ShownKey value={key} />
        </div>
        <footer className="modal-foot">
          <span className="bar-space" />
          <button type="button" className="button button-primary" onClick={onClose}>
            Done
          </button>
        </footer>
      </Modal>
    )
  }
  return (
    <>
      <KeyForm
        title="Make an API key"
        action="Make it"
        onClose={onClose}
        onSend={draft =>
          confirmed(async () => {
            setKey((await client.apiKeys.create(draft)).key)
            onAdded()
          })
        }
      />
      {dialog}
    </>
  )
}
