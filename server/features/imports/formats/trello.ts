import { jsonElements, elementsOf } from '../reading/json-elements.ts'
import { unreadable } from '../reading/fault.ts'
import { isNotJson } from '../reading/json-row.ts'
import { dueOf } from './due-date.ts'
import { type Format, leftOut, objectIn, objectsIn, stringIn, textOr } from './format.ts'
import { priorityOfLabel } from './priorities.ts'
import { statusOf } from './statuses.ts'

interface Board {
  lists: Map<unknown, { name: string; isArchived: boolean }>
  members: Map<unknown, string>
  /** Cards whose comments are in the export. */
  comments: Map<unknown, number>
}

/** The limit for lists, members, and cards with comments; a board has fewer. */
const mostNames = 10_000

/**
 * A board as Trello exports it (JSON). A card that is marked as complete is done; otherwise its list determines its
 * status, and is its category. A card that was archived, itself or with its list, and is not done is cancelled. Labels
 * may name the priority. The first known member is the assignee.
 */
export const trello: Format = {
  rows: text => elementsOf(text, 'cards'),

  // Lists and members come after the cards.
  async prepare(text): Promise<Board> {
    const board: Board = { lists: new Map(), members: new Map(), comments: new Map() }
    const put = <T>(map: Map<unknown, T>, id: unknown, value: T) => {
      if (map.has(id) || map.size < mostNames) map.set(id, value)
    }
    for await (const { list, row } of jsonElements(text)) {
      if (list !== 'cards' && isNotJson(row)) throw unreadable('it is not JSON', row.line)
      if (!('value' in row)) continue
      const { id, name, username, closed, type, data } = row.value
      if (list === 'lists' && typeof name === 'string') put(board.lists, id, { name, isArchived: closed === true })
      if (list === 'members' && typeof username === 'string') put(board.members, id, username)
      if (list === 'actions' && (type === 'commentCard' || type === 'copyCommentCard')) {
        const card = objectIn(objectIn(data)?.card)?.id
        put(board.comments, card, (board.comments.get(card) ?? 0) + 1)
      }
    }
    return board
  },

  read(card, { lists, members, comments }: Board) {
    if (card.isTemplate === true) return null
    const list = lists.get(card.idList)
    const status = card.dueComplete === true ? 'done' : (statusOf(list?.name) ?? 'todo')
    const isArchived = card.closed === true || list?.isArchived === true
    const labels = objectsIn(card.labels).map(
      ({ name, color }) => stringIn(name) ?? stringIn(color) ?? 'without a name',
    )
    const priorityLabel = labels.find(label => priorityOfLabel(label) !== undefined)
    const others = labels.filter(label => label !== priorityLabel)
    const people = Array.isArray(card.idMembers) ? card.idMembers.map(id => members.get(id)) : []
    const due = dueOf(card.due, '2026-01-31T14:30:00.000Z')
    const badges = objectIn(card.badges) ?? {}
    const count = (value: unknown) => (Array.isArray(value) ? value.length : 0)
    const most = (...counts: unknown[]) => Math.max(0, ...counts.filter(value => typeof value === 'number'))
    return {
      title: card.name,
      description: textOr(card.desc),
      status: isArchived && status !== 'done' ? 'cancelled' : status,
      priority: priorityOfLabel(priorityLabel) ?? 'medium',
      category: stringIn(list?.name),
      due_date: due.due_date,
      assignees: people.filter(name => name !== undefined).map(name => [name]),
      isForeign: true,
      leftOut: [
        ...leftOut('labels', others.length, others),
        ...leftOut('checklists', most(count(card.idChecklists), count(card.checklists))),
        ...leftOut('comments', most(comments.get(card.id), badges.comments)),
        ...leftOut('attachments', most(count(card.attachments), badges.attachments)),
        ...leftOut('custom fields', count(card.customFieldItems)),
        ...leftOut('stickers', count(card.stickers)),
        ...leftOut('votes', most(count(card.idMembersVoted), badges.votes)),
        ...leftOut('start dates', card.start ? 1 : 0),
        ...leftOut('places', card.coordinates || card.address || card.locationName ? 1 : 0),
        ...leftOut('members', people.filter(name => name === undefined).length),
      ],
      warnings: due.warnings,
    }
  },
}
