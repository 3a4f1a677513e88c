import type { KeyboardEvent } from 'react'
import { limits } from '../../../sdk/index.ts'
import { GrowingText } from '../ui/growing-text.tsx'

interface TitleInputProps {
  id: string
  dir: 'auto'
  'aria-invalid'?: true
  'aria-describedby'?: string
  'data-first'?: true
  readOnly: boolean
  value: string
  onChange: (title: string) => void
}

/** One line in meaning, and as many as it takes to be seen whole: Enter submits, and pasted line ends become spaces. */
export function TitleInput({ onChange, ...props }: TitleInputProps) {
  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    // With Ctrl it is the form's.
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    event.currentTarget.form?.requestSubmit()
  }

  return (
    <GrowingText
      {...props}
      className="title-input"
      rows={1}
      maxLength={limits.title}
      enterKeyHint="done"
      onKeyDown={onKeyDown}
      onChange={event => onChange(event.target.value.replace(/[\r\n]+/g, ' '))}
    />
  )
}
