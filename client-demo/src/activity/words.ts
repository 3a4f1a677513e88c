import type { Activity, TaskPriority, TaskStatus } from '../../../sdk/index.ts'
import { formatDay } from '../lib/format.ts'
import { priorityNames, statusNames } from '../lib/vocabulary.ts'

/** Names for ids; what is not known any more, or not to be seen, gets a name too. */
export interface Names {
  person: (id: number) => string
  project: (id: number) => string
}

interface Change {
  from: unknown
  to: unknown
}

const isNothing = (value: unknown) => value === null || value === undefined || value === ''
const quoted = (value: unknown) => `“${String(value)}”`

/** Three sentences for a value that comes, goes, or becomes another. */
function say(
  { from, to }: Change,
  show: (value: unknown) => string,
  words: [came: string, went: string, both: string],
) {
  const [came, went, both] = words
  if (isNothing(from)) return came.replace('{to}', () => show(to))
  if (isNothing(to)) return went.replace('{from}', () => show(from))
  return both.replace('{from}', () => show(from)).replace('{to}', () => show(to))
}

/** Members stand among the fields of a project, as `member 5`. */
function describeMember(field: string, change: Change, names: Names): string | null {
  const [, id] = /^member (\d+)$/.exec(field) ?? []
  if (id === undefined) return null
  const person = names.person(Number(id))
  return say(change, String, [`added ${person} as {to}`, `removed ${person}`, `made ${person} {to}`])
}

function describeField(field: string, change: Change, names: Names): string | null {
  switch (field) {
    case 'title':
      return say(change, quoted, ['named it {to}', 'took its name {from}', 'renamed it from {from} to {to}'])
    case 'description':
      // Long ones are not kept, only that there was a change.
      if (change.from === '') return 'wrote a description'
      return change.to === '' ? 'removed the description' : 'changed the description'
    case 'status':
      return say(change, value => statusNames[value as TaskStatus] ?? String(value), [
        'moved it to {to}',
        'moved it out of {from}',
        'moved it from {from} to {to}',
      ])
    case 'priority':
      return say(change, value => priorityNames[value as TaskPriority] ?? String(value), [
        'set the priority to {to}',
        'removed the priority {from}',
        'changed the priority from {from} to {to}',
      ])
    case 'category':
      return say(change, quoted, [
        'put it into the category {to}',
        'removed the category {from}',
        'changed the category from {from} to {to}',
      ])
    case 'due_date':
      return say(change, value => formatDay(String(value)), [
        'set the due date to {to}',
        'removed the due date {from}',
        'moved the due date from {from} to {to}',
      ])
    case 'assignee_id':
      return say(change, value => names.person(Number(value)), [
        'assigned it to {to}',
        'took it from {from}',
        'passed it from {from} to {to}',
      ])
    case 'project_id':
      // Where it comes from is not told where it goes to.
      if (isNothing(change.from) && isNothing(change.to)) return 'moved it out of its project'
      return say(change, value => names.project(Number(value)), [
        'moved it into {to}',
        'moved it out of {from}',
        'moved it from {from} to {to}',
      ])
    case 'completed_at':
      // Said by the status.
      return null
    default:
      return describeMember(field, change, names) ?? `changed ${field.replaceAll('_', ' ')}`
  }
}

const listed = (parts: string[]) =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`

const deeds: Record<string, string> = {
  comment_created: 'commented',
  comment_updated: 'changed a comment',
  comment_deleted: 'deleted a comment',
}

/** What can be done to a thing of any kind. */
const plainDeeds: Record<string, string> = { created: 'created it', updated: 'changed it', deleted: 'deleted it' }

/** What somebody did, to be read after their name. */
export function deedOf({ event, changes }: Activity, names: Names): string {
  const told = Object.entries(changes ?? {}).flatMap(([field, change]) => describeField(field, change, names) ?? [])
  if (told.length > 0) return listed(told)
  return deeds[event] ?? plainDeeds[event.slice(event.lastIndexOf('_') + 1)] ?? event.replaceAll('_', ' ')
}
