import { taskPriorities, taskStatuses } from '../../../contract/index.ts'
import type { DemoTask } from './board-tasks.ts'
import { demoPeople } from './people.ts'

const verbs = 'Fix,Add,Improve,Document,Investigate,Remove,Rename,Test,Migrate,Speed up,Review,Translate'.split(',')
const things =
  'the sign-in form,the CSV export,image thumbnails,the weekly report,e-mail notifications,the search index,the payment page,keyboard shortcuts,the audit log,project archives,the mobile menu,time zones,the import wizard,user avatars,the public API,rate limits,the dark theme,invoice numbers,the calendar view,backup rotation'.split(
    ',',
  )
const places =
  ',on mobile,for admins,in Safari,after the upgrade,for large projects,on slow networks,in the staging cluster,for guests,with long names'.split(
    ',',
  )
const categories = 'frontend,backend,design,ops,content,research,support,security,billing,docs'.split(',')
const sentences = [
  'Seen by two customers this week.',
  'It worked before the last release.',
  'The log shows a **timeout** after 30 s.',
  'Start with the smallest case that shows it.',
  'Ask the people who use it every day first.',
  'See the notes from the last review.',
  '- [ ] reproduce\n- [ ] fix\n- [ ] tell those who reported it',
  'Run `npm test -- test/api` before and after.',
  'There is a workaround: reload the page.',
  'Nobody remembers why it is like this.',
]

/** The nth of any number of generated tasks, the same in each run; the first ones are the oldest. */
export function generatedTask(nth: number, total: number): DemoTask {
  const pick = picker(nth)
  const place = pick.of(places)
  const created = Math.floor(((total - nth) / total) * 730)
  const status = pick.of(created > 60 ? [...taskStatuses, 'done', 'done', 'done', 'cancelled'] : taskStatuses)
  return {
    title: `${pick.of(verbs)} ${pick.of(things)}${place && ` ${place}`} (${nth + 1})`,
    description: Array.from({ length: pick.below(5) }, () => pick.of(sentences)).join('\n\n'),
    status: status as DemoTask['status'],
    priority: pick.of([...taskPriorities, 'medium', 'medium', 'low'] as const),
    category: pick.of(categories),
    assignee: pick.below(4) === 0 ? null : pick.of(demoPeople).username,
    author: pick.of(demoPeople).username,
    created,
    due: pick.below(3) === 0 ? null : pick.below(60) - Math.min(created, 30),
  }
}

/** A seeded generator of pseudo-random numbers. */
function picker(seed: number) {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  const below = (bound: number) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39) + seed
    return ((state ^ (state >>> 15)) >>> 0) % bound
  }
  return { below, of: <T>(items: readonly T[]): T => items[below(items.length)]! }
}
