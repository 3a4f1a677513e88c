import { elementsOf } from '../reading/json-elements.ts'
import { type Format, objectsIn, stringIn, textOr } from './format.ts'
import { priorityOf, statusOf } from './words.ts'

/**
 * Issues as GitHub's REST API lists them. Closed ones are done, or cancelled if they were not planned; an open one's
 * labels may say that it is in progress or in review. The first label that says neither that nor a priority is the
 * category. Pull requests, which the list has too, are no tasks.
 */
export const github: Format = {
  rows: text => elementsOf(text, ''),

  read(issue) {
    if (issue.pull_request) return null
    const given = Array.isArray(issue.labels) ? issue.labels : []
    const labels = [
      ...given.filter(label => typeof label === 'string'),
      ...objectsIn(given).map(({ name }) => stringIn(name)),
    ]
    const telling = labels.map(statusOf).find(status => status !== undefined)
    const milestone = objectsIn([issue.milestone])[0]
    return {
      title: issue.title,
      description: textOr(issue.body),
      status:
        issue.state === 'closed'
          ? issue.state_reason === 'not_planned' || issue.state_reason === 'duplicate'
            ? 'cancelled'
            : 'done'
          : telling === 'in_progress' || telling === 'review'
            ? telling
            : 'todo',
      priority: labels.map(priorityOf).find(priority => priority !== undefined) ?? 'medium',
      category: labels.find(label => label !== null && !statusOf(label) && !priorityOf(label)) ?? null,
      due_date: milestone?.due_on ?? null,
      assignee: stringIn(objectsIn([issue.assignee])[0]?.login),
    }
  },
}
