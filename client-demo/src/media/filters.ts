import type { CallInput, MediaFile, operations } from '../../../sdk/index.ts'
import { fileKinds, kindNames, kindOf, type FileKind } from './kinds.ts'

/** What the library is narrowed to. Lives in the address, so that it can be sent to somebody. */
export interface MediaFilters {
  kinds: readonly FileKind[]
  project: number | null
  person: number | null
}

export const noMediaFilters: MediaFilters = { kinds: [], project: null, person: null }

export const isNarrowed = ({ kinds, project, person }: MediaFilters) =>
  kinds.length > 0 || project !== null || person !== null

type MediaQuery = Pick<CallInput<(typeof operations)['media']['list']>, 'file_type' | 'project' | 'user_id'>

export const listQuery = ({ kinds, project, person }: MediaFilters): MediaQuery => ({
  ...(kinds.length > 0 && { file_type: kinds.flatMap(kind => fileKinds[kind].types as readonly string[]) }),
  ...(project !== null && { project: String(project) }),
  ...(person !== null && { user_id: person }),
})

export const matchesFilters = (file: MediaFile, { kinds, project, person }: MediaFilters): boolean =>
  (kinds.length === 0 || kinds.includes(kindOf(file))) &&
  (project === null || file.project_id === project) &&
  (person === null || file.uploaded_by === person)

const id = (value: string | null) => (value !== null && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : null)

export const filtersFromQuery = (query: URLSearchParams): MediaFilters => ({
  kinds: kindNames.filter(kind => query.getAll('kind').includes(kind)),
  project: id(query.get('project')),
  person: id(query.get('person')),
})

export function addressOf({ kinds, project, person }: MediaFilters): string {
  const query = new URLSearchParams(kinds.map(kind => ['kind', kind]))
  if (project !== null) query.set('project', String(project))
  if (person !== null) query.set('person', String(person))
  return query.size > 0 ? `/media?${query}` : '/media'
}
