import type { Store } from '../lib/store.ts'
import type { BoardState } from './board-state.ts'

const shownForMs = 4_000

/** Marks what somebody else has just changed, for a moment. */
export function createFreshMarks(board: Store<BoardState>) {
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let serial = 0

  return {
    mark(ids: readonly number[], by: number) {
      if (ids.length === 0) return
      const mine = (serial += 1)
      board.gather(state => {
        const fresh = new Map(state.fresh)
        for (const id of ids) fresh.set(id, { by, serial: mine })
        return { ...state, fresh }
      })
      const timer = setTimeout(() => {
        timers.delete(timer)
        board.gather(state => ({
          ...state,
          fresh: new Map([...state.fresh].filter(([, mark]) => mark.serial !== mine)),
        }))
      }, shownForMs)
      timers.add(timer)
    },
    stop: () => timers.forEach(clearTimeout),
  }
}
