import { taskStatuses } from '../contract/index.ts'
import type { Stage } from './stage.ts'
import { createRandom, type Random, text } from './words.ts'

export const taskCount = 100_000
export const categories = 'feature bug design docs infra support research sales legal hiring security ops'.split(' ')
const chunk = 5_000
const dayMs = 24 * 3600 * 1000

/**
 * Inserts two years of tasks of a dozen projects that everybody may read, directly into the tables and without events.
 * Not through the service, because the server is measured afterwards.
 */
export async function fill(stage: Stage, database: string, count = taskCount): Promise<void> {
  const run = (statement: string, values?: unknown[]) => stage.query(database, statement, values)
  await run(`insert into users (id, email, username, name, password_hash)
    overriding system value values (1000000, 'filler@example.com', 'filler', 'Filler', '-')`)
  await run(`insert into projects (slug, name, visibility, owner_id)
    select case n when 1 then 'bench' else 'project-' || n end, 'Project ' || n, 'internal', 1000000
    from generate_series(1, 12) as n`)
  await addTasks(stage, database, count, createRandom(1))
}

/** Inserts as many more; the same `random` goes on where it stopped. */
export async function addTasks(stage: Stage, database: string, count: number, random: Random): Promise<void> {
  const run = (statement: string, values?: unknown[]) => stage.query(database, statement, values)
  const now = Date.now()
  for (let from = 0; from < count; from += chunk) {
    const rows = Array.from({ length: Math.min(chunk, count - from) }, () => newRow(random, now))
    await run(insert, [JSON.stringify(rows)])
  }
  await run(`select setval(pg_get_serial_sequence('tasks', 'id'), (select max(id) from tasks))`)
  // Work that autovacuum would otherwise do during the measurement.
  await run('vacuum (analyze)')
}

const insert = `
  insert into tasks (title, description, status, priority, category, project_id, due_date, position, created_by,
    updated_by, created_at, updated_at, completed_at)
  select r.title, r.description, r.status, r.priority, r.category, r.project_id, r.due_date, r.position, 1000000,
    1000000, r.created_at, r.created_at, case when r.status = 'done' then r.created_at end
  from json_to_recordset($1) as r (title text, description text, status text, priority smallint, category text,
    project_id bigint, due_date timestamptz, position float8, created_at timestamptz)`

let position = 0

function newRow(random: Random, now: number) {
  const created = now - random.int(730 * dayMs)
  const chance = random.next()
  return {
    title: text(random, 4 + random.int(6)),
    description: random.next() < 0.15 ? '' : text(random, 5 + random.int(70)),
    status: random.of(taskStatuses),
    priority: chance < 0.2 ? 0 : chance < 0.7 ? 1 : chance < 0.92 ? 2 : 3,
    category: random.skewed(categories, 8),
    project_id: 1 + random.int(12),
    due_date: random.next() < 0.6 ? new Date(created + random.int(60 * dayMs)).toISOString() : null,
    position: (position += 1_024),
    created_at: new Date(created).toISOString(),
  }
}
