import { isTaskwireError, randomId, type TaskwireClient } from '../../sdk/index.ts'
import { patiently } from './patience.ts'

/**
 * Makes sure, once for each slug, that there is a project that the caller sees, and makes one for everybody where there is
 * none. Of a slug that several have the task's own error tells.
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
      // All digits are an id, and ids are given by the server.
      if (!isTaskwireError(error, 'not_found') || /^\d+$/.test(slug)) throw error
      await create(slug)
    }
  }

  async function create(slug: string): Promise<void> {
    const project = { name: slug, slug, visibility: 'internal' as const }
    // One for all attempts, and none for the next run: by then somebody may have deleted the project.
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
    // The next line may have more luck.
    ensuring.catch(() => ensured.delete(slug))
    return ensuring
  }
}
