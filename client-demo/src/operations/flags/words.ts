import type { Flag, FlagRule } from '../../../../sdk/index.ts'

const percent = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 })

const countOf = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** For whom a flag is on. */
export function reachOf({ enabled, rollout_percent: share = 100, rules = [] }: Flag): string {
  if (!enabled) return 'Off for everybody'
  const rest = share === 100 ? 'everybody' : share === 0 ? 'nobody' : `${percent.format(share)} % of people`
  if (rules.length === 0) return `On for ${rest}`
  return `${countOf(rules.length, 'rule')}, otherwise on for ${rest}`
}

/** What a rule says, without names. */
export const ruleInWords = ({ users, roles, projects, value }: FlagRule): string =>
  [
    value ? 'on' : 'off',
    users && countOf(users.length, 'person').replace('persons', 'people'),
    roles && countOf(roles.length, 'role'),
    projects && countOf(projects.length, 'project'),
  ]
    .filter(part => part !== undefined)
    .join(', ')
