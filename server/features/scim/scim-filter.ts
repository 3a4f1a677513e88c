import sql, { type Sql } from 'sql-template-tag'
import { scimError } from './scim-errors.ts'

const mostCharacters = 1_000
const mostConditions = 10

/** The attributes that people can be found by, in lower case, as expressions over `scim_people`. */
const columns: Record<string, Sql> = {
  id: sql`id::text`,
  username: sql`lower(user_name)`,
  externalid: sql`external_id`,
  displayname: sql`lower(name)`,
  'name.formatted': sql`lower(name)`,
  emails: sql`lower(email)`,
  'emails.value': sql`lower(email)`,
}
/** Compared with case (RFC 7643, section 4.1). */
const exact = new Set(['id', 'externalid'])

const term = /^\s*([A-Za-z][\w.:]*)\s+(eq|co|sw|pr)(?:\s+("(?:[^"\\]|\\.)*"|true|false))?(?=\s|$)/i
const conjunction = /^\s+and(?=\s)/i

/**
 * A filter as a condition: conditions joined by `and`, such as `userName eq "ann@example.com" and active eq true`.
 *
 * @throws AppError with `invalidFilter`
 */
export function filterOf(text: string | undefined): Sql {
  if (text === undefined) return sql`true`
  if (text.length > mostCharacters) throw invalidFilter()
  const conditions: Sql[] = []
  let rest = text
  for (;;) {
    const found = term.exec(rest)
    if (!found || conditions.length >= mostConditions) throw invalidFilter()
    conditions.push(conditionOf(found[1]!, found[2]!.toLowerCase(), found[3]))
    rest = rest.slice(found[0].length)
    if (rest.trim() === '') return conditions.reduce((all, one) => sql`${all} and ${one}`)
    const and = conjunction.exec(rest)
    if (!and) throw invalidFilter()
    rest = rest.slice(and[0].length)
  }
}

function conditionOf(attribute: string, operator: string, given: string | undefined): Sql {
  const name = attribute.replace(/^urn:ietf:params:scim:schemas:core:2\.0:user:/i, '').toLowerCase()
  if (name === 'active' && operator === 'eq' && (given === 'true' || given === 'false'))
    return given === 'true' ? sql`is_active` : sql`not is_active`
  const column = Object.hasOwn(columns, name) ? columns[name]! : undefined
  if (!column) throw invalidFilter()
  if (operator === 'pr') {
    if (given !== undefined) throw invalidFilter()
    return sql`${column} is not null`
  }
  const value = valueOf(given)
  const wanted = exact.has(name) ? sql`${value}::text` : sql`lower(${value}::text)`
  if (operator === 'eq') return sql`${column} = ${wanted}`
  return operator === 'co' ? sql`strpos(${column}, ${wanted}) > 0` : sql`starts_with(${column}, ${wanted})`
}

function valueOf(given: string | undefined): string {
  if (given === undefined || !given.startsWith('"')) throw invalidFilter()
  try {
    const value = JSON.parse(given) as string
    // PostgreSQL has no such texts.
    if (value.includes('\0') || !value.isWellFormed()) throw invalidFilter()
    return value
  } catch {
    throw invalidFilter()
  }
}

const invalidFilter = () =>
  scimError(
    'invalidFilter',
    'A filter is up to ten conditions joined by "and", with eq, co, sw or pr, about userName, externalId, id, displayName, emails or active.',
  )
