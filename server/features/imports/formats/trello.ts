import { jsonElements, elementsOf } from '../reading/json-elements.ts'
import { type Format, objectsIn, stringIn, textOr } from './format.ts'
import { priorityOf, statusOf } from './words.ts'

interface Board {
  lists: Map<unknown, string>
  members: Map<unknown, string>
}

/** Of lists and members; a board has fewer. */
const mostNames = 10_000

/**
 * A board as Trello exports it (JSON). A card's list says its status, and is its category; a card that was archived
 * and is not done is cancelled; labels may say the priority; of its members the first is the assignee.
 */
export const trello: Format = {
  rows: text => elementsOf(text, 'cards'),

  // Lists and members come after the cards.
  async prepare(text): Promise<Board> {
    const board: Board = { lists: new Map(), members: new Map() }
    for await (const { list, row } of jsonElements(text)) {
      if (!('value' in row)) continue
      const { id, name, username } = row.value
      if (list === 'lists' && typeof name === 'string' && board.lists.size < mostNames) board.lists.set(id, name)
      if (list === 'members' && typeof username === 'string' && board.members.size < mostNames)
        board.members.set(id, username)
    }
    return board
  },

  read(card, { lists, members }: Board) {
    const list = lists.get(card.idList)
    const told = statusOf(list) ?? (card.dueComplete === true ? 'done' : 'todo')
    const priorities = objectsIn(card.labels).map(({ name }) => priorityOf(name))
    const [member] = Array.isArray(card.idMembers) ? card.idMembers : []
    return {
      title: card.name,
      description: textOr(card.desc),
      status: card.closed === true && told !== 'done' ? 'cancelled' : told,
      priority: priorities.find(found => found !== undefined) ?? 'medium',
      category: stringIn(list),
      due_date: card.due ?? null,
      assignee: members.get(member) ?? null,
    }
  },
}
