import { findsPart, limits, type Person, type Project, type TaskwireClient } from '../../../sdk/index.ts'
import type { Directory } from '../people/directory.ts'

interface MentionableDeps {
  client: TaskwireClient
  directory: Directory
  project: Project | undefined
}

const mostShown = 8

/** Finds people whom a mention would reach: in a private project its members, for nobody else may read the task. */
export function createMentionable({ client, directory, project }: MentionableDeps) {
  let members: Promise<Person[]> | undefined

  async function fetchMembers(id: string): Promise<Person[]> {
    const { results } = await client.projects.members({ id, page_size: limits.maxPageSize })
    const people = results.map(({ user_id, username, name }) => ({ id: user_id, username, name }))
    directory.add(people)
    return people
  }

  return async function find(search: string, signal: AbortSignal): Promise<Person[]> {
    if (project?.visibility !== 'private') return directory.find(search, signal)
    members ??= fetchMembers(String(project.id))
    members.catch(() => (members = undefined))
    const found = (await members).filter(({ name, username }) => findsPart(`${name} ${username}`, search))
    return found.slice(0, mostShown)
  }
}
export type FindPeople = ReturnType<typeof createMentionable>

/** The name that is being typed after an `@`, and where it begins. */
export function mentionAt(text: string, caret: number): { start: number; search: string } | null {
  const [, search] = /(?<![\w@./-])@([A-Za-z0-9_.-]{0,40})$/.exec(text.slice(0, caret)) ?? []
  return search === undefined ? null : { start: caret - search.length - 1, search }
}
