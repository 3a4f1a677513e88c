import { type Columns, csvRows } from '../reading/csv.ts'
import { unreadable } from '../reading/fault.ts'
import { type DayOrder, learnOrder } from './dates.ts'
import { dueOf } from './due-date.ts'
import { fieldsIn, isField, isJiraKey, namedByField } from './field-names.ts'
import { countOf, firstIn, type Format, type LeftOut, stringIn, textOr, unknownWord } from './format.ts'
import { peopleIn } from './people.ts'
import { priorityOf } from './priorities.ts'
import { statusIn } from './status-in.ts'

const form = '31/Jan/26 2:30 PM or 2026-01-31'
/** The number of issues that show whether day or month comes first. */
const mostLearned = 1_000

/** Fields that Jira maintains itself, not text that somebody wrote about the issue. */
const bookkeeping =
  /^(issue (key|id)|key|parent( id| key| summary)?|project (key|name|type|lead( id)?|description|url)|(creator|reporter|assignee|watchers)( id)?|created|updated|last viewed|votes|work ratio|status category changed|security level|.* id)$/

const columns: Columns = {
  isHeader: names => [...fieldsIn(names).values()].includes('title'),
  fields(names, line) {
    if (!columns.isHeader(names))
      throw unreadable('an export of Jira has a column `Summary`, or what that is called in another language', line)
    return namedByField(names)
  },
}

/**
 * Issues as Jira exports them (CSV), in any language. The state of an issue follows from its resolution and the
 * category of its status first, and from the name of the status last, because everybody chooses that name freely. The
 * type of the issue is the category.
 */
export const jira: Format = {
  rows: text => csvRows(text, columns),

  async prepare(text): Promise<DayOrder> {
    const order: DayOrder = {}
    let read = 0
    for await (const row of csvRows(text, columns)) {
      if ('value' in row) learnOrder(order, firstIn(row.value.due_date))
      if (++read >= mostLearned) break
    }
    return order
  },

  read(issue, order: DayOrder) {
    const first = Object.fromEntries(Object.entries(issue).map(([field, value]) => [field, firstIn(value)]))
    const status = statusIn({ ...first, status: first.status })
    const priority = priorityOf(first.priority)
    const due = dueOf(first.due_date, form, order)
    return {
      title: first.title,
      description: textOr(first.description),
      status: status ?? 'todo',
      priority: priority ?? 'medium',
      category: stringIn(first.category) ?? stringIn(first.section),
      due_date: due.due_date,
      assignees: peopleIn(first.assignee_email, first.assignee),
      isForeign: true,
      leftOut: Object.entries(issue).flatMap(([name, value]) =>
        leftOutOf(name, value, name === 'section' && stringIn(first.category) !== null),
      ),
      warnings: [
        ...due.warnings,
        ...(status || !stringIn(first.status) ? [] : [unknownWord('status', first.status, 'todo')]),
        ...(priority || !stringIn(first.priority) ? [] : [unknownWord('priority', first.priority, 'medium')]),
      ],
    }
  },
}

function leftOutOf(name: string, value: unknown, isUnused: boolean): LeftOut[] {
  const count = countOf(value) - (isField(name) && !isUnused ? 1 : 0)
  return count > 0 ? [{ kind: name, count, quiet: bookkeeping.test(name) || isJiraKey(name) }] : []
}
