interface Place {
  /** What had the focus. */
  target: Element
  /** What goes away as one: an entry of a list, else the control by itself. */
  item: Element
  /** The item and those beside it when the focus came. */
  siblings: readonly Element[]
  /** What it was in, from the inside. */
  around: readonly Element[]
}

const focusable = 'a[href], button:not(:disabled), input:not(:disabled), [tabindex]'

function takeFocus(element: Element): boolean {
  const target = element.matches(focusable) ? element : element.querySelector(focusable)
  if (!(target instanceof HTMLElement)) return false
  target.focus({ preventScroll: true })
  target.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  return document.activeElement === target
}

/** Rather a button than a field, which would open the keyboard of a phone. */
const takeFocusWithin = (element: Element): boolean =>
  [...element.querySelectorAll('a[href], button:not(:disabled)')].some(takeFocus) || takeFocus(element)

/** What is left of the item, else the next that is still there, the one before, or whatever they were in. */
function focusNear({ item, siblings, around }: Place): void {
  const at = siblings.indexOf(item)
  const near = [item, ...siblings.slice(at + 1), ...siblings.slice(0, at).toReversed()]
  if (near.some(one => one.isConnected && takeFocus(one))) return
  if (around.some(one => one.isConnected && takeFocusWithin(one))) return
  document.querySelector<HTMLElement>('dialog[open] .modal-close, #content')?.focus()
}

function placeOf(target: Element): Place {
  const item = target.closest('li, .toast') ?? target
  const around: Element[] = []
  for (let one = item.parentElement; one && !one.matches('dialog, #content, .shell'); one = one.parentElement)
    around.push(one)
  return { target, item, siblings: [...(item.parentElement?.children ?? [])], around }
}

/**
 * What has the focus may go away: an entry that is deleted, here or by somebody else, a filter that is removed, a button
 * that has done its work. Whoever goes by keyboard would begin at the top of the page again. The focus goes to what took
 * its place. A menu that was opened from it is no other place: the focus comes back from there; and each dialog has its
 * own.
 *
 * @returns what ends it
 */
export function watchPlaces(): () => void {
  const places = new Map<Element, Place>()
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Of the uppermost dialog, else of the page. */
  const here = () => [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body

  function note({ target }: FocusEvent) {
    if (!(target instanceof Element) || target === document.body || target.closest('[popover]')) return
    for (const layer of places.keys()) if (!layer.isConnected) places.delete(layer)
    places.set(target.closest('dialog') ?? document.body, placeOf(target))
  }

  function lost(): Place | undefined {
    if (document.activeElement !== document.body) return
    const place = places.get(here())
    return place?.target.isConnected ? undefined : place
  }

  /** After those that know better, such as a card that only went to another column. */
  function look() {
    if (!lost()) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      const place = lost()
      if (!place) return
      places.delete(here())
      focusNear(place)
    })
  }

  const observer = new MutationObserver(look)
  observer.observe(document.body, { childList: true, subtree: true })
  // Nor does everything that loses the focus go away: a button may only be disabled.
  const lookSoon = () => void setTimeout(look)
  addEventListener('focusin', note)
  addEventListener('focusout', lookSoon)
  addEventListener('close', lookSoon, true)
  return () => {
    clearTimeout(timer)
    observer.disconnect()
    removeEventListener('focusin', note)
    removeEventListener('focusout', lookSoon)
    removeEventListener('close', lookSoon, true)
  }
}
