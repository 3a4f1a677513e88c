import type { z } from 'zod'

const kinds: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

const units: Record<string, [one: string, many: string]> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
  set: ['item', 'items'],
}

/** The message for an invalid field where the contract has no message of its own; undefined leaves it to zod. */
export function issueMessage(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kinds[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return bound(issue.origin, 'least', issue.minimum)
    case 'too_big':
      return bound(issue.origin, 'most', issue.maximum)
    case 'invalid_union':
      return eitherOf(issue.errors)
    default:
      return undefined
  }
}

/** For a field of one kind or another: all kinds when the value has none of them, otherwise what is wrong with it. */
function eitherOf(alternatives: readonly (readonly z.core.$ZodIssue[])[]): string | undefined {
  const firsts = alternatives.map(([first]) => first)
  const other = firsts.find(issue => issue !== undefined && issue.code !== 'invalid_type')
  if (other) return other.message
  const expected = firsts.flatMap(issue =>
    issue?.code === 'invalid_type' ? [kinds[issue.expected] ?? issue.expected] : [],
  )
  return expected.length > 0 ? `must be ${[...new Set(expected)].join(' or ')}` : undefined
}

function bound(origin: string, side: 'least' | 'most', limit: number | bigint): string {
  const unit = units[origin]
  if (!unit) return `must be at ${side} ${limit}`
  return `must have at ${side} ${limit} ${unit[Number(limit) === 1 ? 0 : 1]}`
}
