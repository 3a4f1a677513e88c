import { limits, type CallInput, type Flag, type FlagRule, type operations } from '../../../../sdk/index.ts'

/** The fields of the form. */
export interface FlagDraft {
  name: string
  description: string
  enabled: boolean
  /** As it is typed. */
  rollout_percent: string
  /** As JSON, so that two of them can be compared. */
  rules: string
}

export const flagFields = ['name', 'description', 'enabled', 'rollout_percent', 'rules'] as const
export type FlagField = (typeof flagFields)[number]

export const newFlag: FlagDraft = { name: '', description: '', enabled: true, rollout_percent: '100', rules: '[]' }

export const draftOf = ({ name, description, enabled, rollout_percent = 100, rules = [] }: Flag): FlagDraft => ({
  name,
  description,
  enabled,
  rollout_percent: String(rollout_percent),
  rules: JSON.stringify(rules),
})

export const rulesIn = (text: string): FlagRule[] => JSON.parse(text) as FlagRule[]

/** Both marks that people write before decimals. NaN when it is no number. */
export const percentIn = (text: string): number => (text.trim() === '' ? NaN : Number(text.trim().replace(',', '.')))

type Changes = Omit<CallInput<(typeof operations)['flags']['toggle']>, 'name'>

const asSent: { [Field in Exclude<FlagField, 'name'>]: (draft: FlagDraft) => Changes } = {
  description: ({ description }) => ({ description }),
  enabled: ({ enabled }) => ({ enabled }),
  rollout_percent: draft => ({ rollout_percent: percentIn(draft.rollout_percent) }),
  rules: ({ rules }) => ({ rules: rulesIn(rules) }),
}

export const changesOf = (fields: readonly FlagField[], draft: FlagDraft): Changes =>
  Object.assign({}, ...fields.map(field => (field === 'name' ? {} : asSent[field](draft)))) as Changes

/** What the server calls the places of a rule where something can be wrong. */
export const ruleErrors = (nth: number): string[] =>
  ['', '.users', '.roles', '.projects'].map(part => `rules.${nth}${part}`)

/** The places in the form where something can be wrong. */
export const errorNames = [
  'name',
  'description',
  'rollout_percent',
  ...Array.from({ length: limits.flagRules }, (_, nth) => ruleErrors(nth)).flat(),
]
