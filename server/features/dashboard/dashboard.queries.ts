import sql, { join, type Sql } from 'sql-template-tag'
import { taskPriorities, type TaskStatus, taskStatuses } from '../../../contract/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Connection } from '../../ports/database.ts'
import { readableFiles } from '../media/index.ts'
import { readablePosts } from '../posts/index.ts'
import { readableBy } from '../projects/index.ts'
import { readableTasks } from '../tasks/index.ts'
import { readableVideos } from '../videos/index.ts'

type Person = Scope['person']

const isOpen = sql`status not in ('done', 'cancelled')`
const ofPriority = (index: number) => sql`count(*) filter (where ${isOpen} and priority = ${index}::smallint)`
const ofStatus = (status: TaskStatus) => sql`count(*) filter (where status = ${status}::text)`
/** A JSON object of counts, by names of our own. */
const countsBy = <N extends string>(names: readonly N[], count: (name: N, index: number) => Sql): Sql =>
  sql`json_build_object(${join(names.map((name, index) => sql`${name}::text, ${count(name, index)}`))})`

/** One row with all counts of tasks. */
export const countTasks = async (db: Connection, person: Person, now: string) => {
  const [row] = await db.query<{
    total: number
    by_status: Record<TaskStatus, number>
    by_priority: Record<(typeof taskPriorities)[number], number>
    overdue: number
    due_soon: number
    assigned_to_me: number
    created_last_7_days: number
    completed_last_7_days: number
  }>(sql`
    select count(*) as total, ${countsBy(taskStatuses, ofStatus)} as by_status,
      ${countsBy(taskPriorities, (_, index) => ofPriority(index))} as by_priority,
      count(*) filter (where ${isOpen} and due_date < ${now}::timestamptz) as overdue,
      count(*) filter (where ${isOpen} and due_date between ${now}::timestamptz
        and ${now}::timestamptz + interval '7 days') as due_soon,
      count(*) filter (where ${isOpen} and assignee_id = ${person.id}) as assigned_to_me,
      count(*) filter (where created_at > ${now}::timestamptz - interval '7 days') as created_last_7_days,
      count(*) filter (where completed_at > ${now}::timestamptz - interval '7 days') as completed_last_7_days
    from tasks t where ${readableTasks(person)}`)
  return row!
}

/** One row with the counts of everything else. */
export const countOthers = async (db: Connection, person: Person) => {
  const [row] = await db.query<{
    active: number
    archived: number
    published: number
    drafts: number
    videos: number
    files: number
    bytes: number
    unread: number
  }>(sql`
    select active, archived, published, drafts, videos, files, bytes, unread
    from
      (select count(*) filter (where status = 'active') as active,
         count(*) filter (where status = 'archived') as archived
       from projects where id in (${readableBy(person)})) p,
      (select count(*) filter (where status = 'published') as published,
         count(*) filter (where status = 'draft') as drafts
       from posts where ${readablePosts(person)}) b,
      (select count(*) as videos from videos where ${readableVideos(person)}) v,
      (select count(*) as files, coalesce(sum(m.file_size), 0)::bigint as bytes
       from media m where ${readableFiles(person)}) f,
      (select count(*) as unread from notifications where user_id = ${person.id} and read_at is null) n`)
  return row!
}
