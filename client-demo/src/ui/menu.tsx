import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react'

export interface MenuItem {
  label: string
  mark?: ReactNode
  danger?: boolean
  disabled?: boolean
  run: () => void
}

interface MenuProps {
  label: string
  items: readonly (MenuItem | 'line')[]
  /** Where it opens; it stays inside the window. */
  anchor: HTMLElement
  onClose: () => void
}

/** A menu in the top layer, so that no column cuts it off. Arrow keys, Home, End and the first letter move in it. */
export function Menu({ label, items, anchor, onClose }: MenuProps) {
  const list = useRef<HTMLDivElement>(null)
  const close = useEffectEvent(onClose)
  const place = useEffectEvent((element: HTMLElement) => {
    const { bottom, right, top } = anchor.getBoundingClientRect()
    const { offsetWidth: width, offsetHeight: height } = element
    const below = bottom + height + 8 < innerHeight
    element.style.left = `${Math.max(8, Math.min(right - width, innerWidth - width - 8))}px`
    element.style.top = `${Math.max(8, below ? bottom + 4 : top - height - 4)}px`
  })

  useEffect(() => {
    const element = list.current
    if (!element) return
    element.showPopover()
    place(element)
    element.querySelector<HTMLElement>('[role=menuitem]:not(:disabled)')?.focus()
    const toggled = (event: Event) => (event as ToggleEvent).newState === 'closed' && close()
    element.addEventListener('toggle', toggled)
    return () => element.removeEventListener('toggle', toggled)
  }, [])

  function move(event: React.KeyboardEvent) {
    event.stopPropagation()
    const all = [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)') ?? [])]
    const at = all.indexOf(document.activeElement as HTMLElement)
    const letter = event.key.length === 1 ? event.key.toLowerCase() : null
    const target =
      event.key === 'ArrowDown'
        ? all[(at + 1) % all.length]
        : event.key === 'ArrowUp'
          ? all.at(at - 1)
          : event.key === 'Home'
            ? all[0]
            : event.key === 'End'
              ? all.at(-1)
              : all.find(item => letter !== null && item.textContent?.toLowerCase().startsWith(letter))
    if (event.key === 'Tab') onClose()
    if (event.key === 'Escape') {
      event.preventDefault()
      onClose()
      anchor.focus()
    }
    if (!target) return
    event.preventDefault()
    target.focus()
  }

  return (
    <div ref={list} className="menu" role="menu" aria-label={label} popover="auto" onKeyDown={move}>
      {items.map((item, at) =>
        item === 'line' ? (
          <hr key={`line-${at}`} />
        ) : (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            className={item.danger ? 'danger' : undefined}
            disabled={item.disabled}
            tabIndex={-1}
            onClick={event => {
              event.stopPropagation()
              onClose()
              item.run()
            }}
          >
            {item.mark}
            {item.label}
          </button>
        ),
      )}
    </div>
  )
}
