import { useEffect, useEffectEvent } from 'react'
import { createStore, useStore } from '../lib/store.ts'

type Take = (files: File[]) => void

/** Who takes files that are dropped: the last who asked, for that is what lies on top. */
const takers: Take[] = []
/** Files are being dragged over the page. */
const isOver = createStore(false)

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

/** Wherever on the page files are dropped; where nobody takes them the browser must not go away to show them. */
export function watchFileDrops(): () => void {
  const over = (event: DragEvent) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    if (event.dataTransfer) event.dataTransfer.dropEffect = takers.length > 0 ? 'copy' : 'none'
    isOver.set(() => true)
  }
  const leave = (event: DragEvent) => event.relatedTarget === null && isOver.set(() => false)
  const drop = (event: DragEvent) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    isOver.set(() => false)
    takers.at(-1)?.([...(event.dataTransfer?.files ?? [])])
  }
  addEventListener('dragover', over)
  addEventListener('dragleave', leave)
  addEventListener('drop', drop)
  return () => {
    removeEventListener('dragover', over)
    removeEventListener('dragleave', leave)
    removeEventListener('drop', drop)
  }
}

/** @returns whether files are over the page, which is then to say where they go */
export function useFileDrops(take: (files: File[]) => void, enabled = true): boolean {
  const taken = useEffectEvent(take)
  useEffect(() => {
    if (!enabled) return
    const taker = (files: File[]) => taken(files)
    takers.push(taker)
    return () => void takers.splice(takers.indexOf(taker), 1)
  }, [enabled])
  return useStore(isOver, over => over) && enabled
}
