interface Place {
  item: Element
  list: Element
  /** The items of its list when the focus came. */
  siblings: readonly Element[]
}

const focusable = 'a[href], button:not(:disabled), input:not(:disabled), [tabindex]'

function takeFocus(element: Element): boolean {
  const target = element.matches(focusable) ? element : element.querySelector(focusable)
  if (!(target instanceof HTMLElement)) return false
  target.focus({ preventScroll: true })
  target.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  return document.activeElement === target
}

/** The next item that is still there, else the one before, else whatever the list is in. */
function focusNear({ item, siblings }: Place): void {
  const at = siblings.indexOf(item)
  const near = [...siblings.slice(at + 1), ...siblings.slice(0, at).toReversed()]
  if (near.some(one => one.isConnected && takeFocus(one))) return
  document.querySelector<HTMLElement>('dialog[open] .modal-close, #content')?.focus()
}

function placeOf(target: Element): Place | null {
  const item = target.closest('li, .toast')
  const list = item?.parentElement
  return item && list ? { item, list, siblings: [...list.children] } : null
}

/**
 * An item that has the focus may be deleted, here or by somebody else: whoever goes by keyboard would begin at the top of
 * the page again. The focus goes to the item that took its place. A menu or dialog that was opened from an item is no
 * other place: the focus comes back from there.
 *
 * @returns what ends it
 */
export function watchPlaces(): () => void {
  let place: Place | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  function note({ target }: FocusEvent) {
    if (!(target instanceof Element) || target.closest('[popover]')) return
    const found = placeOf(target)
    if (found || !target.closest('dialog')) place = found
  }

  /** After those that know better, such as a card that only went to another column. */
  function look() {
    if (!place || place.item.isConnected || document.activeElement !== document.body) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      const lost = place
      if (!lost || lost.item.isConnected || document.activeElement !== document.body) return
      place = null
      if (lost.list.isConnected) focusNear(lost)
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
