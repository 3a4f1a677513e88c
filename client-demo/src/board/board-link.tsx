import { linkTo } from '../base-path.ts'
import { onBoard } from '../addresses.ts'
import { usePage } from '../page.tsx'
import { useStore } from '../store.ts'
import { Icon } from '../ui/icon.tsx'

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
