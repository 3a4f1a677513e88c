import type { TaskPriority, TaskStatus } from '../../../contract/index.ts'

/** A demo task, with people by username and times in days from today. */
export interface DemoTask {
  title: string
  description: string
  status: TaskStatus
  priority: TaskPriority
  category: string
  assignee: string | null
  author: string
  /** Days ago. */
  created: number
  /** Days from today; negative is overdue. */
  due: number | null
}

/** A whole board of one team, half-way through its work. */
export const boardTasks: readonly DemoTask[] = [
  // Done
  task('done', 'high', 'research', 'Interview ten customers about search', 'mira', 24, -12, [
    'Half an hour each, recorded with consent.',
    '- five who search every day\n- five who gave up on it',
    '> “I just scroll. It is faster than the search.”',
  ]),
  task('done', 'medium', 'design', 'Collect what the old start page is used for', 'aiko', 23, -14, [
    'From the logs of three months: **71 %** go straight on to a project, 9 % to the help pages, the rest leaves.',
  ]),
  task('done', 'urgent', 'backend', 'Move sessions out of the old cookie format', 'jonas', 22, -10, [
    'Both formats are read for two weeks, only the new one is written.',
    '```ts\nconst session = readNew(cookie) ?? readOld(cookie)\n```',
  ]),
  task('done', 'medium', 'ops', 'Rehearse restoring the backup of last night', 'tomas', 19, -7, [
    'Took 14 minutes. Two surprises, both written down in the runbook.',
  ]),
  task('done', 'low', 'content', 'Agree on how we write dates and numbers', 'priya', 18, null, []),
  task('done', 'high', 'frontend', 'Remove the jQuery date picker', 'aiko', 16, -4, [
    'The browser’s own control is good enough everywhere we looked. Saves 84 kB.',
  ]),
  task(
    'done',
    'medium',
    'backend',
    'Answer with 404 instead of an empty page for unknown projects',
    'jonas',
    15,
    null,
    [],
  ),
  task('done', 'medium', 'design', 'Colour palette that passes WCAG AA in both themes', 'mira', 14, -2, [
    'Contrast of text at least 4.5 : 1, of controls 3 : 1.',
    '| use | light | dark |\n|---|---|---|\n| text | `#1b1f24` | `#e6e8eb` |\n| accent | `#0b62d6` | `#6ea8fe` |',
  ]),
  task('cancelled', 'low', 'frontend', 'Animated background for the start page', 'aiko', 21, null, [
    'Dropped: it costs 12 % of a laptop’s processor and nobody missed it in the test.',
  ]),
  task('cancelled', 'medium', 'ops', 'Second CDN for images', 'tomas', 17, -3, [
    'Dropped. The measurements say that the first one is not what is slow.',
  ]),

  // In review
  task('review', 'high', 'frontend', 'Board works with the keyboard alone', 'aiko', 9, 1, [
    'Move a card with `space`, the arrow keys, `space`. A screen reader hears where it is.',
    '- [x] focus is visible\n- [x] `Escape` puts the card back\n- [ ] announced in Firefox too',
  ]),
  task('review', 'urgent', 'backend', 'Search finds words with accents however they are typed', 'jonas', 8, 0, [
    '“cafe” must find “Café”, and the other way round.',
  ]),
  task('review', 'medium', 'content', 'Texts of all e-mails in plain language', 'priya', 10, 2, [
    'No “please be advised”. Every mail says in its first line **why it was sent**.',
  ]),
  task('review', 'medium', 'design', 'Empty states for lists, board and search', 'mira', 7, 3, []),
  task('review', 'low', 'ops', 'Alert when the certificate has less than 14 days left', 'tomas', 6, 4, [
    'Tested by shortening the limit to 400 days: the alert came after 40 seconds.',
  ]),

  // In progress
  task('in_progress', 'urgent', 'frontend', 'Uploads above 5 MB fail on slow connections', 'aiko', 5, -1, [
    'Reported by three customers this week. The proxy gives up after 60 s, and we retry from the start.',
    '1. reproduce with a throttled connection\n2. send in parts\n3. show what has arrived',
  ]),
  task('in_progress', 'high', 'backend', 'Export of a whole project as CSV and JSON', 'jonas', 6, 5, [
    'Streamed, so that a project with 100,000 tasks does not need 100,000 tasks of memory.',
  ]),
  task('in_progress', 'high', 'design', 'Start page: three variants to test', 'mira', 4, 2, [
    '- A: what changed since yesterday\n- B: what is due\n- C: where I was last',
  ]),
  task('in_progress', 'medium', 'research', 'Why do people leave the sign-up at step 2?', 'priya', 5, 6, [
    'Step 2 asks for a company name. 38 % stop there. Hypothesis: private people have none.',
  ]),
  task('in_progress', 'medium', 'ops', 'Staging gets a copy of production without personal data', 'tomas', 8, 4, [
    'Names, addresses and texts are replaced; sizes and dates stay, so that slow queries are slow here too.',
  ]),
  task('in_progress', 'low', 'content', 'Screenshots in the help pages show the new design', 'priya', 3, 9, []),
  task('in_progress', 'high', 'backend', 'Webhook deliveries are retried with backoff', 'jonas', 2, 7, [
    'After 1, 5, 30 minutes, then hourly for a day. After that the owner gets a mail, and it stays off.',
  ]),

  // To do
  task('todo', 'urgent', 'ops', 'Plan the switch-over weekend', 'tomas', 3, 8, [
    '- who is there, who is on call\n- what is read-only, and from when\n- the point after which we do **not** go back',
  ]),
  task('todo', 'high', 'backend', 'Old addresses redirect to the new ones', 'jonas', 4, 6, [
    '2,140 addresses from the logs. Most follow five patterns; 63 need a line of their own.',
  ]),
  task('todo', 'high', 'frontend', 'First page is usable after one second on a mid-range phone', 'aiko', 2, 10, [
    'Now: 2.8 s. Largest parts: fonts 0.7 s, the chart library 0.6 s that this page does not need.',
  ]),
  task('todo', 'high', 'content', 'Say what changes for existing customers', 'priya', 1, 5, []),
  task('todo', 'medium', 'design', 'Printed view of a project', null, 5, null, [
    'Asked for by two schools and a town council. Black on white, one task a line.',
  ]),
  task('todo', 'medium', 'frontend', 'Filters survive a reload', 'aiko', 3, 12, [
    'In the address, so that a filtered board can be sent to somebody.',
  ]),
  task('todo', 'medium', 'backend', 'Limit sign-in attempts per account, not only per address', 'jonas', 2, 11, []),
  task(
    'todo',
    'medium',
    'research',
    'Usability test of the board with five people who have never seen it',
    'mira',
    1,
    14,
    ['Tasks: find what is overdue, hand a task to somebody, undo it.'],
  ),
  task('todo', 'medium', 'ops', 'Write down who may restore a backup, and how', null, 6, 15, []),
  task('todo', 'low', 'content', 'A page for “how we handle your data” that people can read', 'priya', 4, 21, [
    'One screen. The long version stays linked below.',
  ]),
  task('todo', 'low', 'frontend', 'Emoji in project names break the tab title in Safari', null, 2, null, [
    'Seen with 👩‍💻 and 🇸🇪: cut in the middle.',
  ]),
  task('todo', 'low', 'design', 'New icons for file types', null, 9, 28, []),
  task('todo', 'low', 'backend', 'Remove the `/v0` endpoints', 'jonas', 12, 30, [
    'Nine calls last month, all from one monitoring script. Its owner knows.',
  ]),
  task('todo', 'urgent', 'frontend', 'Deleted comments come back after going offline and online again', 'aiko', 0, 1, [
    '**Steps**\n1. delete a comment\n2. switch the network off and on\n3. it is there again, until the next reload',
  ]),
]

function task(
  status: TaskStatus,
  priority: TaskPriority,
  category: string,
  title: string,
  assignee: string | null,
  created: number,
  due: number | null,
  paragraphs: string[],
): DemoTask {
  const authors = ['mira', 'priya', 'tomas', 'jonas', 'aiko']
  return {
    title,
    description: paragraphs.join('\n\n'),
    status,
    priority,
    category,
    assignee: assignee && `${assignee}.demo`,
    author: `${authors[title.length % authors.length]!}.demo`,
    created,
    due,
  }
}
