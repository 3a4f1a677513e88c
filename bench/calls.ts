import type { Call } from './load.ts'
import { categories, taskCount } from './fill.ts'
import { createRandom, searchable, text } from './words.ts'

const dayMs = 24 * 3600 * 1000

/** What clients do, as endless series of requests; each call of one of these functions starts the same series again. */
export const series: Record<'get' | 'list' | 'create' | 'bulk', () => () => Call> = {
  get: () => {
    const random = createRandom(2)
    return () => ({ method: 'GET', path: `/tasks/${1 + random.int(taskCount)}` })
  },

  /** Two categories, a priority, a year, a word, newest first, 25 with the count of all. */
  list: () => {
    const random = createRandom(3)
    return () => {
      const to = Date.now() - random.int(365 * dayMs)
      const query = new URLSearchParams({
        priority: random.of(['medium', 'high']),
        created_at_start: new Date(to - 365 * dayMs).toISOString(),
        created_at_end: new Date(to).toISOString(),
        search: random.of(searchable),
        page: '1',
        page_size: '25',
      })
      const first = random.int(categories.length)
      query.append('category', categories[first]!)
      query.append('category', categories[(first + 1 + random.int(categories.length - 1)) % categories.length]!)
      return { method: 'GET', path: `/tasks?${query}` }
    }
  },

  create: () => {
    const random = createRandom(4)
    return () => {
      const task = {
        title: text(random, 6),
        description: text(random, 30),
        category: random.of(categories),
        priority: 'high',
        project: 'bench',
      }
      return { method: 'POST', path: '/tasks', body: JSON.stringify(task) }
    }
  },

  /** Sets a category on a hundred tasks at a time that do not have it. */
  bulk: () => {
    const random = createRandom(5)
    let nth = 0
    return () => {
      const first = 1 + 100 * random.int(taskCount / 100)
      const task_ids = Array.from({ length: 100 }, (_, index) => first + index)
      const body = JSON.stringify({ task_ids, updates: { category: `sprint ${nth++ % 200}` } })
      return { method: 'POST', path: '/tasks/bulk-update', body }
    }
  },
}

export type CallName = keyof typeof series
