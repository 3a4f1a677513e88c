import { type AppError, conflict, forbidden, notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { SeenProject } from './projects.queries.ts'

type Person = Pick<Scope['person'], 'id' | 'role'>

export const mayRead = (person: Person, project: SeenProject) =>
  person.role === 'admin' || project.role !== null || project.visibility === 'internal'

const mayEdit = (person: Person, project: SeenProject) =>
  person.role === 'admin' || project.role === 'owner' || project.role === 'editor'

const mayManage = (person: Person, project: SeenProject) => person.role === 'admin' || project.role === 'owner'

/** @throws AppError `not_found`: a project that the caller may not see counts as not found */
export function assertRead<P extends SeenProject>(person: Person, project: P | undefined): P {
  if (!project || !mayRead(person, project)) throw notFound()
  return project
}

/** @throws AppError `not_found` when the caller may not see the project, `forbidden` when they may */
export function assertManage<P extends SeenProject>(person: Person, project: P | undefined): P {
  const seen = assertRead(person, project)
  if (!mayManage(person, seen)) throw forbidden('Only an owner of the project may do this.')
  return seen
}

/** Why a person who sees a project may not change what is in it: `forbidden`, `conflict`, or null if they may. */
export function refusalToEdit(person: Person, project: SeenProject): AppError | null {
  if (!mayEdit(person, project)) return forbidden('Only editors and owners of the project may do this.')
  return project.status === 'archived' ? archived() : null
}

/** For changes of what is in a project that the caller is known to see. @throws AppError `forbidden`, `conflict` */
export function assertEdit(person: Person, project: SeenProject): void {
  const refusal = refusalToEdit(person, project)
  if (refusal) throw refusal
}

/**
 * For a change of a post or a video that the caller sees: in a project its editors may change it, without one its
 * author and administrators. @throws AppError `forbidden`, `conflict`
 */
export function assertChange(person: Person, project: SeenProject | null, ownerId: number): void {
  if (project) return assertEdit(person, project)
  if (person.role !== 'admin' && person.id !== ownerId)
    throw forbidden('Only its author and administrators may do this.')
}

export const archived = () => conflict('The project is archived, so it can only be read.')
