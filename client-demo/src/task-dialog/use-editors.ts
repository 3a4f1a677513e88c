import { useMemo } from 'react'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'

/** The others who have this task open, as they say themselves. */
export function useEditors(task: number | null): readonly number[] {
  const { live, me } = usePage()
  const found = useStore(live.presence, rooms => {
    const ids: number[] = []
    // In a large room nobody is told what others do.
    if (task !== null && rooms.tasks?.isComplete)
      for (const [id, state] of rooms.tasks.members) if (state.editing === task && id !== me.id) ids.push(id)
    // As text, so that the same people are the same value.
    return ids.join(',')
  })
  return useMemo(() => (found === '' ? [] : found.split(',').map(Number)), [found])
}
