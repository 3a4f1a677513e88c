import type { VirtualItem, Virtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef } from 'react'
import type { Task } from '../../../sdk/index.ts'

interface ReadingPlace {
  virtualizer: Virtualizer<HTMLElement, HTMLLIElement>
  tasks: readonly Task[]
  /** Index by id. */
  places: ReadonlyMap<number, number>
}

type Column = ReadingPlace['virtualizer']

/** A card above the sight turns out to be higher or lower than it was thought: a guess, or its height before the window changed. */
function isAbove({ key, start, end }: VirtualItem, _: number, { scrollOffset, itemSizeCache }: Column): boolean {
  const top = scrollOffset ?? 0
  return itemSizeCache.has(key) ? end <= top : start < top
}

/**
 * What one looks at stays where it is while cards come and go above it. At the very top one sees what comes instead.
 * Browsers do this by themselves for what flows, and not for what is placed.
 */
export function useReadingPlace({ virtualizer, tasks, places }: ReadingPlace): void {
  const seen = useRef<{ tasks: readonly Task[]; starts: Map<number, number> }>({ tasks, starts: new Map() })

  // Unless it is told so, it lets cards jump while one scrolls upwards.
  useLayoutEffect(() => {
    Object.assign(virtualizer, { shouldAdjustScrollPositionOnItemSizeChange: isAbove } satisfies Partial<Column>)
  }, [virtualizer])

  useLayoutEffect(() => {
    const element = virtualizer.scrollElement
    if (!element) return
    const startOf = (at: number) => virtualizer.measurementsCache[at]?.start
    if (seen.current.tasks !== tasks && element.scrollTop > 0) {
      const shifts: number[] = []
      for (const [id, start] of seen.current.starts) {
        const now = startOf(places.get(id) ?? -1)
        if (now !== undefined) shifts.push(now - start)
      }
      // Of all in sight: one of them may have been moved itself.
      const shift = shifts.toSorted((a, b) => a - b)[shifts.length >> 1] ?? 0
      if (shift !== 0) element.scrollBy({ top: shift, behavior: 'instant' })
    }
    const top = element.scrollTop
    const bottom = top + element.clientHeight
    const starts = new Map<number, number>()
    for (const { index, start, end } of virtualizer.getVirtualItems()) {
      const task = tasks[index]
      if (task && end > top && start < bottom) starts.set(task.id, start)
    }
    seen.current = { tasks, starts }
  })
}
