import { useState } from 'react'
import { usePage } from '../../lib/use-page.ts'
import { ShownOnce } from '../../ui/shown-once.tsx'
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
      <ShownOnce title="The key is made" onClose={onClose}>
        <ShownKey value={key} />
      </ShownOnce>
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
