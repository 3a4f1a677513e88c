import { createHash } from 'node:crypto'
import { z } from 'zod'
import { text as storable } from '../../../contract/index.ts'
import type { Person } from './scim.queries.ts'

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'
export const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
export const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** A person as identity providers see them (RFC 7643, section 4.1). */
export interface ScimUser {
  schemas: string[]
  id: string
  externalId?: string
  userName: string
  displayName: string
  name: { formatted: string }
  emails: { value: string; type: 'work'; primary: true }[]
  active: boolean
  meta: { resourceType: 'User'; created: string; lastModified: string; location: string; version: string }
}

/** @param base the address of `/scim/v2` as clients reach it */
export function presentScimUser(row: Person, base: string): ScimUser {
  const lastModified = row.updated_at ?? row.created_at
  const content = {
    schemas: [userSchema],
    id: String(row.id),
    ...(row.external_id !== null && { externalId: row.external_id }),
    userName: row.user_name,
    displayName: row.name,
    name: { formatted: row.name },
    emails: [{ value: row.email, type: 'work' as const, primary: true as const }],
    active: row.is_active,
  }
  const location = `${base}/Users/${row.id}`
  const meta = {
    resourceType: 'User' as const,
    created: row.created_at,
    lastModified,
    location,
    version: versionOf(row),
  }
  return { ...content, meta }
}

/** A weak entity tag of what clients see. */
export function versionOf(row: Person): string {
  const { external_id, user_name, name, email, is_active } = row
  const text = JSON.stringify([external_id, user_name, name, email, is_active])
  return `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
}

/** What a provider wants a person to be; absent means that it says nothing of it. */
export interface WantedUser {
  userName?: string
  externalId?: string | null
  name?: string | null
  email?: string
  active?: boolean
}

/** Some providers write truth values as text. */
export const truth = z.union([
  z.boolean(),
  z
    .string()
    .regex(/^(true|false)$/i)
    .transform(text => text.toLowerCase() === 'true'),
])

/** A text that is kept. */
export const scimText = storable(500)
const text = scimText
const Email = z.union([
  text.transform(value => ({ value, primary: false })),
  z.looseObject({ value: text, primary: truth.optional() }),
])
export const Emails = z.union([z.array(Email).max(50), Email.transform(one => [one])])
export const Name = z.looseObject({
  formatted: text.nullish(),
  givenName: text.nullish(),
  familyName: text.nullish(),
})

/** A whole user. Attributes that are not kept here are accepted and dropped, as RFC 7644, section 3.3 allows. */
export const UserIn = z.looseObject({
  userName: text.refine(value => value.trim() !== '', 'may not be empty'),
  externalId: text.nullish(),
  displayName: text.nullish(),
  name: Name.nullish(),
  emails: Emails.nullish(),
  active: truth.nullish(),
})

export const emailIn = (emails: z.output<typeof Emails>): string | undefined =>
  (emails.find(({ primary }) => primary) ?? emails[0])?.value

export function nameOf({ formatted, givenName, familyName }: z.output<typeof Name>): string | undefined {
  const parts = [givenName, familyName].filter(part => part).join(' ')
  return formatted || parts || undefined
}

/** A whole user as wanted. What is absent gets its default. */
export function wantedOf(given: z.output<typeof UserIn>): Required<Omit<WantedUser, 'email'>> & { email?: string } {
  const email = emailIn(given.emails ?? []) ?? (given.userName.includes('@') ? given.userName : undefined)
  return {
    userName: given.userName,
    externalId: given.externalId ?? null,
    name: given.displayName || (given.name ? nameOf(given.name) : undefined) || null,
    active: given.active ?? true,
    ...(email !== undefined && { email }),
  }
}
