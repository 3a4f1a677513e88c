import sql from 'sql-template-tag'
import type { Command } from '../../events/index.ts'
import type { Connection } from '../../ports/database.ts'
import { notify } from '../notifications/index.ts'
import { shownSlug } from '../projects/index.ts'

/** How long before the due date of a task its assignee is notified. */
const aheadMs = 24 * 3600_000
/** The number in one transaction; when there are more, the next transaction follows at once. */
const atOnce = 200

interface DueRow {
  task_id: number
  user_id: number
  title: string
  project: string | null
  due_date: string
}

/**
 * Notifies people of their tasks that are due within a day: once per due date, whichever instance runs it and however
 * often. The notification is noted in the same transaction. A task that gets another due date is notified again.
 */
export function createDueSoon({ command }: { command: Command }): () => Promise<void> {
  const notifySome = () =>
    command({ person: null }, async tx => {
      const due = await noteDue(tx, tx.now, new Date(Date.parse(tx.now) + aheadMs).toISOString())
      const notices = due.map(({ task_id, user_id, title, project, due_date }) => ({
        userId: user_id,
        type: 'due_soon' as const,
        message: `“${title}” is due soon`,
        data: { task_id, project, due_date },
      }))
      await notify(tx, null, notices)
      return due.length
    })

  return async () => {
    while ((await notifySome()) === atOnce);
  }
}

/**
 * Notes the due dates to be notified now. Of two simultaneous runs the second waits for the first, and finds them
 * noted. The accounts are held open, so nobody is erased between this and their notification.
 */
const noteDue = (tx: Connection, from: string, to: string): Promise<DueRow[]> =>
  tx.query<DueRow>(sql`
    with due as (
      select t.id as task_id, t.assignee_id as user_id, t.title, ${shownSlug('p.')} as project, t.due_date
      from tasks t
        join users u on u.id = t.assignee_id and u.is_active
        left join projects p on p.id = t.project_id
      where t.due_date > ${from}::timestamptz and t.due_date <= ${to}::timestamptz
        and t.status not in ('done', 'cancelled')
        and (p.id is null or p.status = 'active' and (p.visibility = 'internal' or u.role = 'admin'
          or exists (select from project_members m where m.project_id = p.id and m.user_id = u.id)))
        and not exists (
          select from due_notices d where d.task_id = t.id and d.user_id = t.assignee_id and d.due_date = t.due_date)
      order by t.due_date, t.id limit ${atOnce} for key share of u),
    noted as (
      insert into due_notices (task_id, user_id, due_date)
      select task_id, user_id, due_date from due on conflict do nothing returning task_id, user_id, due_date)
    select due.* from due join noted using (task_id, user_id, due_date) order by due.due_date, task_id`)

/** Deletes notes of past due dates. */
export const createDueNoticesCleanUp =
  ({ database }: { database: Connection }) =>
  async (): Promise<void> => {
    await database.query(sql`delete from due_notices where due_date < now() - interval '1 day'`)
  }
