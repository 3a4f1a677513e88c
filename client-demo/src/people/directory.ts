import { isTaskwireError, limits, type Person, type TaskwireClient } from '../../../sdk/index.ts'
import { createStore, useStore } from '../lib/store.ts'

const gatherMs = 20

/** Names for ids. Asked for one by one as they are shown, fetched together. */
export function createDirectory(client: TaskwireClient) {
  const store = createStore<ReadonlyMap<number, Person>>(new Map())
  const wanted = new Set<number>()
  const asked = new Set<number>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function add(people: readonly Person[]) {
    store.gather(known => {
      const all = new Map(known)
      for (const { id, username, name } of people) all.set(id, { id, username, name })
      return all
    })
  }

  async function fetchWanted() {
    timer = undefined
    const ids = [...wanted].slice(0, limits.maxPageSize)
    for (const id of ids) wanted.delete(id)
    if (wanted.size > 0) timer = setTimeout(() => void fetchWanted(), gatherMs)
    try {
      add((await client.people.list({ id: ids, page_size: limits.maxPageSize })).results)
    } catch (error) {
      // Shown without a name; asked again the next time somebody looks, and not before the server allows it.
      const waitMs = (isTaskwireError(error) && error.retryAfterMs) || 0
      setTimeout(() => ids.forEach(id => asked.delete(id)), waitMs)
    }
  }

  return {
    store,
    add,
    want(id: number) {
      if (asked.has(id) || store.get().has(id)) return
      asked.add(id)
      wanted.add(id)
      timer ??= setTimeout(() => void fetchWanted(), gatherMs)
    },
    /** The names of all who are known here may be others by now. */
    refresh() {
      for (const id of store.get().keys()) wanted.add(id)
      if (wanted.size > 0) timer ??= setTimeout(() => void fetchWanted(), gatherMs)
    },
    async find(search: string, signal: AbortSignal): Promise<Person[]> {
      const { results } = await client.people.list({ ...(search !== '' && { search }), page_size: 8 }, { signal })
      add(results)
      return results
    },
    nameOf: (id: number) => store.get().get(id)?.name ?? 'Somebody',
  }
}
export type Directory = ReturnType<typeof createDirectory>

export function usePerson(directory: Directory, id: number | null): Person | undefined {
  const person = useStore(directory.store, people => (id === null ? undefined : people.get(id)))
  if (id !== null && !person) directory.want(id)
  return person
}

declare module '../lib/page.ts' {
  interface Page {
    directory: Directory
  }
}
