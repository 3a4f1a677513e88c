import { useRef } from 'react'
import { Icon, type IconName } from '../ui/icon.tsx'
import { acceptedTypes } from './kinds.ts'

interface FileButtonProps {
  label: string
  icon?: IconName
  className?: string
  accept?: string
  onFiles: (files: File[]) => void
}

/** A button that lets one choose files. The field of the browser's own cannot be made to look like one of ours. */
export function FileButton({
  label,
  icon = 'upload',
  className = '',
  accept = acceptedTypes,
  onFiles,
}: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" className={`button ${className}`} onClick={() => input.current?.click()}>
        <Icon name={icon} />
        {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={accept}
        onChange={event => {
          onFiles([...(event.target.files ?? [])])
          // The same file may be chosen again.
          event.target.value = ''
        }}
      />
    </>
  )
}
