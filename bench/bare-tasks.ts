import pg from 'pg'
import { taskPriorities } from '../contract/index.ts'
import { rowTypes } from '../server/adapters/database-types.ts'
import { statements } from './bare-statements.ts'

/** The query of a filtered list, as a server has read it from the address. */
export interface ListQuery {
  categories: string[]
  priority: string
  from: string
  to: string
  search: string
}

/** How often the outbox is emptied, in milliseconds: as the server's sequencer does, many rows at once. */
const emptyEveryMs = 2

/**
 * The four operations with hand-written statements, for servers that differ only in what they put around them. The
 * connection and the table of events are ready when the promise resolves.
 */
export async function openBareTasks(databaseUrl: string) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 16, options: '-c TimeZone=UTC' })
  let written = false

  async function rows(name: keyof typeof statements, values: unknown[], prepared = true) {
    const { rows: found } = await pool.query({
      text: statements[name],
      values,
      types: rowTypes,
      ...(prepared && { name }),
    })
    return found
  }
  const present = (row: any) => ({ ...row, total: undefined, priority: taskPriorities[row.priority] })

  async function emptyOutbox(): Promise<void> {
    if (written) {
      written = false
      await rows('emptyOutbox', [])
    }
    setTimeout(emptyOutbox, emptyEveryMs)
  }

  await pool.query('create sequence if not exists bare_offsets')
  await pool.query('create table if not exists bare_events partition of event_log default')
  await emptyOutbox()

  return {
    async create({ title, description, category, priority, project }: any): Promise<object> {
      const rank = taskPriorities.indexOf(priority)
      const now = new Date().toISOString()
      const [row] = await rows('create', [title, description, category, rank, project, now])
      written = true
      return { ...present(row), project }
    },

    async bulk({ task_ids, updates }: any): Promise<object> {
      const [row] = await rows('bulk', [task_ids, updates.category, new Date().toISOString()])
      written = true
      return { updated_count: row.count, failed_updates: [] }
    },

    async get(id: number): Promise<object> {
      const [row] = await rows('get', [id])
      return present(row)
    },

    async list({ categories, priority, from, to, search }: ListQuery): Promise<object> {
      const rank = taskPriorities.indexOf(priority as 'low')
      const found = await rows('list', [categories, rank, from, to, search, 0], false)
      return { count: found[0]?.total ?? 0, results: found.map(present) }
    },
  }
}
