import { flushSync } from 'react-dom'
import type { Task } from '../../../sdk/index.ts'
import { createStore } from '../lib/store.ts'
import { openDialogs } from '../ui/modal.tsx'

/** The card that has the focus, or had it until something took it away. Its column shows it wherever it stands. */
export const focusedCard = createStore<number | null>(null)

/** The card that is under way by one's own will: it stays in sight. */
let followed: { id: number } | null = null

const cardElement = (id: number) => document.querySelector<HTMLElement>(`[data-task="${id}"]`)

const bringIntoSight = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest', inline: 'nearest' })

export const noteFocus = (id: number): void => focusedCard.set(() => id)

/** From a handler of an event, not while React renders: a card far from sight is made first. */
export function focusCard(id: number): void {
  flushSync(() => noteFocus(id))
  const element = cardElement(id)
  element?.focus({ preventScroll: true })
  keepInSight(id)
}

/** Cards are measured in the frame after they were made, and those below them move; that makes further cards. */
const framesToSettle = 3
const mostFrames = 60

/** Until the cards around it stand where their measured heights put them, or somebody scrolls. */
function keepInSight(id: number): void {
  const scrolled = new AbortController()
  for (const name of ['wheel', 'touchmove', 'pointerdown'])
    addEventListener(name, () => scrolled.abort(), { capture: true, passive: true, signal: scrolled.signal })
  let [frames, settled] = [0, 0]
  const follow = () => {
    const element = cardElement(id)
    const isOver = settled > framesToSettle || frames > mostFrames
    if (isOver || scrolled.signal.aborted || element === null || document.activeElement !== element)
      return scrolled.abort()
    bringIntoSight(element)
    settled = isSettled(element) ? settled + 1 : 0
    frames += 1
    requestAnimationFrame(follow)
  }
  follow()
}

/** Whether the cards around this one begin where the one before them ends, and not where a guess of its height says. */
function isSettled(element: HTMLElement): boolean {
  const cards = [...(element.parentElement?.querySelectorAll<HTMLElement>(':scope > [data-index]') ?? [])]
  return cards.every((card, at) => {
    const before = cards[at - 1]
    if (!before || Number(before.dataset.index) !== Number(card.dataset.index) - 1) return true
    // Both are rounded.
    return Math.abs(before.offsetTop + before.offsetHeight - card.offsetTop) <= 1
  })
}

/** A card that is moved by keyboard or menu is followed to where it comes to stand. */
export function followMove(id: number, move: Promise<void>): void {
  noteFocus(id)
  const mine = (followed = { id })
  void move.finally(() => setTimeout(() => followed === mine && (followed = null)))
}

/** The bar of the selected cards goes away when they are dealt with: the focus goes to the last of them, or its heir. */
export function followSelected(ids: readonly number[], work: Promise<void>): void {
  const last = ids.at(-1)
  if (last !== undefined) noteFocus(last)
  void work.then(() => {
    flushSync(() => {})
    keepFocus()
  })
}

/** A card that changes its place loses the focus on the way; nobody asked it to. */
export function keepFocus(): void {
  const id = focusedCard.get()
  if (id === null) return
  const element = cardElement(id)
  if (document.activeElement === document.body) element?.focus({ preventScroll: true })
  if (followed?.id === id && document.activeElement === element) bringIntoSight(element)
}

/** The card with the focus is gone from the board: the next one of its column takes it, the one before from the last. */
export function passFocusOn(before: readonly Task[], after: readonly Task[], isOnBoard: (id: number) => boolean): void {
  const id = focusedCard.get()
  const at = id === null ? -1 : before.findIndex(task => task.id === id)
  if (id === null || at === -1 || isOnBoard(id)) return
  const left = new Set(after.map(task => task.id))
  const heir = [...before.slice(at + 1), ...before.slice(0, at).toReversed()].find(task => left.has(task.id))
  focusedCard.set(() => heir?.id ?? null)
}

/**
 * Gone elsewhere by choice: the focus is where it should be. A dialog or menu is no choice to leave: it was opened from
 * the card, and the focus comes back.
 */
export function leaveCard(to: EventTarget | null): void {
  if (to instanceof Element && to.closest('dialog, [popover]') === null) focusedCard.set(() => null)
}

/** A dialog gives the focus back to what opened it, unless that is gone. @returns what ends it */
export const watchDialogs = (): (() => void) =>
  openDialogs.subscribe(() => {
    if (openDialogs.get().length === 0) setTimeout(keepFocus)
  })
