import { linkTo } from '../lib/base-path.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { Icon } from '../ui/icon.tsx'
import { onBoard } from './on-board.ts'

/** Back to the board as it was left. */
export function BoardLink({ isHere }: { isHere: boolean }) {
  const { board } = usePage()
  const address = useStore(board.store, state => onBoard('/', state))
  return (
    <a href={linkTo(address)} aria-current={isHere ? 'page' : undefined}>
      <Icon name="board" />
      <span>Board</span>
    </a>
  )
}
