import { useState } from 'react'
import { ChoiceField } from '../../ui/choice-field.tsx'
import { Modal } from '../../ui/modal.tsx'

/** For how many seconds the former key works too, in words. */
const overlaps = { 0: 'Not at all', 3600: 'An hour', 86400: 'A day', 604800: 'A week' } as const

/** Asks how long programs have time to change to the new key. */
export function RotateKey({ onRotate, onClose }: { onRotate: (overlapSeconds: number) => void; onClose: () => void }) {
  const [overlap, setOverlap] = useState<`${keyof typeof overlaps}`>('0')
  return (
    <Modal title="Rotate the key?" className="ask-dialog" onClose={onClose}>
      <div className="modal-body">
        <p>The key gets a new secret, which is shown once. Programs need the new key.</p>
        <ChoiceField
          label="The present key works on for"
          names={overlaps}
          value={overlap}
          onChange={setOverlap}
          data-first
        />
      </div>
      <footer className="modal-foot">
        <span className="bar-space" />
        <button type="button" className="button button-quiet" onClick={onClose}>
          Keep
        </button>
        <button type="button" className="button button-danger" onClick={() => onRotate(Number(overlap))}>
          Rotate
        </button>
      </footer>
    </Modal>
  )
}
