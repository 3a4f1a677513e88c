import { openDialogs } from '../ui/modal.tsx'

let lastFocused: number | null = null

const cardElement = (id: number) => document.querySelector<HTMLElement>(`[data-task="${id}"]`)

export const noteFocus = (id: number): void => {
  lastFocused = id
}

export function focusCard(id: number): void {
  lastFocused = id
  const element = cardElement(id)
  element?.focus({ preventScroll: true })
  element?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}

/** A card that changes its place loses the focus on the way; nobody asked it to. */
export function keepFocus(): void {
  if (lastFocused !== null && document.activeElement === document.body) focusCard(lastFocused)
}

/**
 * Gone elsewhere by choice: the focus is where it should be. A dialog or menu is no choice to leave: it was opened from
 * the card, and the focus comes back.
 */
export function leaveCard(to: EventTarget | null): void {
  if (to instanceof Element && to.closest('dialog, [popover]') === null) lastFocused = null
}

/** A dialog gives the focus back to what opened it, unless that is gone. @returns what ends it */
export const watchDialogs = (): (() => void) =>
  openDialogs.subscribe(() => {
    if (openDialogs.get().length === 0) setTimeout(keepFocus)
  })
