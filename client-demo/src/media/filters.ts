import { type CallInput, findsPart, type MediaFile, type operations } from '../../../sdk/index.ts'
import { addressFilters, id, someOf, text, type FiltersOf } from '../filters/address-filters.ts'
import { fileKinds, kindNames, kindOf } from './kinds.ts'

/** What the library can be narrowed to. */
export const mediaFilters = addressFilters({
  search: text('search'),
  kinds: someOf('kind', kindNames),
  project: id('project'),
  person: id('person'),
})
export type MediaFilters = FiltersOf<typeof mediaFilters>

type MediaQuery = Pick<CallInput<(typeof operations)['media']['list']>, 'search' | 'file_type' | 'project' | 'user_id'>

export const listQuery = ({ search, kinds, project, person }: MediaFilters): MediaQuery => ({
  ...(search !== '' && { search }),
  ...(kinds.length > 0 && { file_type: kinds.flatMap(kind => fileKinds[kind].types as readonly string[]) }),
  ...(project !== null && { project: String(project) }),
  ...(person !== null && { user_id: person }),
})

export const matchesFilters = (file: MediaFile, { search, kinds, project, person }: MediaFilters): boolean =>
  (search === '' || findsPart(file.original_filename, search)) &&
  (kinds.length === 0 || kinds.includes(kindOf(file))) &&
  (project === null || file.project_id === project) &&
  (person === null || file.uploaded_by === person)
