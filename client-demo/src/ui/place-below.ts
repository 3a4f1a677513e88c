const gap = 4
const margin = 8

/**
 * Shows a list in the top layer, where nothing cuts it off or lies above it: below its field, or above where there is more
 * room, and always within the window, as far as a keyboard on the screen leaves it.
 *
 * @returns what ends it
 */
export function placeBelow(list: HTMLElement, field: HTMLElement): () => void {
  if (!list.matches(':popover-open')) list.showPopover()

  function place() {
    const { top, bottom, left, width } = field.getBoundingClientRect()
    const [viewTop, viewHeight] = [visualViewport?.offsetTop ?? 0, visualViewport?.height ?? innerHeight]
    const [above, below] = [top - viewTop, viewTop + viewHeight - bottom]
    list.style.minWidth = `${Math.min(width, innerWidth - 2 * margin)}px`
    list.style.maxHeight = ''
    const wanted = list.offsetHeight
    const isBelow = below >= wanted + gap + margin || below >= above
    list.style.maxHeight = `${Math.max(80, Math.min(wanted, (isBelow ? below : above) - gap - margin))}px`
    const room = innerWidth - list.offsetWidth - margin
    list.style.left = `${Math.max(margin, Math.min(left, room))}px`
    list.style.top = `${isBelow ? bottom + gap : top - gap - list.offsetHeight}px`
  }

  place()
  // Whatever scrolls beneath it.
  addEventListener('scroll', place, { capture: true, passive: true })
  addEventListener('resize', place)
  visualViewport?.addEventListener('resize', place)
  return () => {
    removeEventListener('scroll', place, { capture: true })
    removeEventListener('resize', place)
    visualViewport?.removeEventListener('resize', place)
  }
}
