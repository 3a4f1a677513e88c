import { elementsAmongOthers } from '../reading/json-elements.ts'
import { ndjsonRows } from '../reading/lines.ts'
import { dueOf } from './due-date.ts'
import { type Format, leftOut, objectIn, objectsIn, stringIn, textOr } from './format.ts'
import { type Place, placeOfTasks } from './place.ts'
import { priorityOfLabel } from './priorities.ts'
import { statusOfLabel } from './statuses.ts'

/** A list, or the form in which GraphQL returns a list. */
const listIn = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value
  const { nodes, edges } = objectIn(value) ?? {}
  return Array.isArray(nodes) ? nodes : objectsIn(edges).map(({ node }) => node)
}
const namesIn = (value: unknown, key: string): string[] =>
  listIn(value)
    .map(item => stringIn(item) ?? stringIn(objectIn(item)?.[key]))
    .filter(name => name !== null)
/** The number of items, whether they are counted or listed. */
const howMany = (value: unknown): number => {
  if (typeof value === 'number') return value
  const { totalCount, total_count: total } = objectIn(value) ?? {}
  return [totalCount, total].find(count => typeof count === 'number') ?? listIn(value).length
}

/**
 * Issues as GitHub's REST API lists or finds them, and as GraphQL and `gh issue list --json` return them, in a list or
 * one per line. Closed issues are done, or cancelled if they were not planned. The labels of an open issue may say that
 * it is in progress or in review. The type of an issue is the category; without a type it is the first label that names
 * neither a status nor a priority. Pull requests, which the list contains too, are not tasks.
 */
export const github: Format = {
  prepare: placeOfTasks,
  rows: (text, { list }: Place) => (list === null ? ndjsonRows(text) : elementsAmongOthers(text, list)),

  read(row) {
    const issue = objectIn(row.node) ?? row
    if (issue.pull_request || issue.isPullRequest === true || issue['__typename'] === 'PullRequest') return null
    const labels = namesIn(issue.labels, 'name')
    const isClosed = /^closed$/i.test(String(issue.state)) || issue.closed === true
    const reason = stringIn(issue.state_reason ?? issue.stateReason)
    const refused = (text: string | null) => text !== null && /^(not_planned|duplicate)$/i.test(text)
    const byLabel = labels.find(label => statusOfLabel(label) !== undefined)
    const labelled = statusOfLabel(byLabel)
    const isOn = !isClosed && (labelled === 'in_progress' || labelled === 'review')
    const isOff = isClosed && (refused(reason) || (reason === null && labelled === 'cancelled'))
    const pressing = labels.find(label => priorityOfLabel(label) !== undefined)
    const milestone = objectIn(issue.milestone)
    const type = [issue.type, issue.issueType, issue.issue_type].map(
      value => stringIn(value) ?? stringIn(objectIn(value)?.name),
    )
    const typed = type.find(name => name !== null)
    const subject = labels.find(label => !statusOfLabel(label) && !priorityOfLabel(label))
    const category = typed ?? subject ?? null
    const used = [isOn || isOff ? byLabel : undefined, pressing, typed ? undefined : subject]
    const others = labels.filter(label => !used.includes(label))
    const due = dueOf(milestone?.due_on ?? milestone?.dueOn, '2026-01-31T08:00:00Z')
    return {
      title: issue.title,
      description: textOr(issue.body),
      status: isOff ? 'cancelled' : isClosed ? 'done' : isOn ? labelled : 'todo',
      priority: priorityOfLabel(pressing) ?? 'medium',
      category,
      due_date: due.due_date,
      assignees: [...new Set([...namesIn([issue.assignee], 'login'), ...namesIn(issue.assignees, 'login')])].map(
        name => [name],
      ),
      isForeign: true,
      leftOut: [
        ...leftOut('labels', others.length, others),
        ...leftOut('comments', howMany(issue.comments)),
        ...leftOut('milestones', milestone ? 1 : 0, milestone && namesIn([milestone], 'title')),
        ...leftOut('projects', howMany(issue.projectItems ?? issue.projectCards)),
        ...leftOut('sub-issues', howMany(objectIn(issue.sub_issues_summary)?.total ?? issue.subIssues)),
        ...leftOut('reactions', reactionsOf(issue)).map(kind => ({ ...kind, quiet: true })),
      ],
      warnings: due.warnings,
    }
  },
}

const reactionsOf = ({ reactions, reactionGroups }: Record<string, unknown>): number =>
  howMany(reactions) || objectsIn(reactionGroups).reduce((sum, { users }) => sum + howMany(users), 0)
