import { isTaskwireError, randomId, type TaskwireClient } from '../../sdk/index.ts'
import { patiently } from './patience.ts'

/**
 * Makes sure, once per slug, that the caller sees a project of this slug; creates a project for everybody when there is
 * none. When several projects have the slug, creating the task reports the error.
 */
export function createEnsureProject(deps: {
  client: TaskwireClient
  patienceMs: number
  onNew: (slug: string) => void
}): (slug: string) => Promise<void> {
  const { client, patienceMs, onNew } = deps
  const ensured = new Map<string, Promise<void>>()

  async function ensure(slug: string): Promise<void> {
    try {
      await patiently(() => client.projects.get({ id: slug }), patienceMs)
    } catch (error) {
      if (isTaskwireError(error, 'conflict')) return
      // A reference of digits only is an id, and the server assigns ids.
      if (!isTaskwireError(error, 'not_found') || /^\d+$/.test(slug)) throw error
      await create(slug)
    }
  }

  async function create(slug: string): Promise<void> {
    const project = { name: slug, slug, visibility: 'internal' as const }
    // One key for all attempts of this run. The next run uses another one, because the project may have been deleted by
    // then.
    const idempotencyKey = randomId()
    try {
      await patiently(() => client.projects.create(project, { idempotencyKey }), patienceMs)
      onNew(slug)
    } catch (error) {
      if (!isTaskwireError(error, 'conflict')) throw error
    }
  }

  return slug => {
    const there = ensured.get(slug)
    if (there) return there
    const ensuring = ensure(slug)
    ensured.set(slug, ensuring)
    // The next line tries again.
    ensuring.catch(() => ensured.delete(slug))
    return ensuring
  }
}
