import { z } from 'zod'
import { parse } from '../../kernel/bind.ts'
import { scimError } from './scim-errors.ts'
import {
  emailIn,
  Emails,
  Name,
  nameOf,
  patchSchema,
  scimText,
  truth,
  userSchema,
  type WantedUser,
} from './scim-user.ts'

export const PatchIn = z.looseObject({
  schemas: z
    .array(z.string().max(200))
    .max(10)
    .refine(all => all.includes(patchSchema), `must contain ${patchSchema}`),
  Operations: z
    .array(
      z.looseObject({
        op: z
          .string()
          .transform(op => op.toLowerCase())
          .pipe(z.enum(['add', 'replace', 'remove'])),
        path: z.string().max(500).optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(100),
})

/** Attributes of RFC 7643 that are accepted and not kept. */
const notKept =
  /^(nickname|profileurl|title|usertype|preferredlanguage|locale|timezone|password|phonenumbers|ims|photos|addresses|groups|entitlements|roles|x509certificates|schemas|id|meta)(\W|$)|^urn:/

/** One attribute as far as a patch may name it, and what to want of it; null = removed. */
const attributes: Record<string, (value: unknown) => WantedUser> = {
  username: value => ({ userName: parse(scimText, required(value, 'userName'), 'userName') }),
  externalid: value => ({ externalId: value === null ? null : parse(scimText, value, 'externalId') }),
  displayname: value => ({ name: value === null ? null : parse(scimText, value, 'displayName') }),
  active: value => ({ active: parse(truth, required(value, 'active'), 'active') }),
  name: value => wantedName(value === null ? {} : parse(Name, value, 'name')),
  'name.formatted': value => (value === null ? {} : { name: parse(scimText, value, 'name.formatted') }),
  // Parts of names are not kept by themselves; providers that send them send the whole name too.
  'name.givenname': () => ({}),
  'name.familyname': () => ({}),
  'name.middlename': () => ({}),
  'name.honorificprefix': () => ({}),
  'name.honorificsuffix': () => ({}),
  emails: value => wantedEmail(emailIn(parse(Emails, required(value, 'emails'), 'emails'))),
  'emails.value': value => wantedEmail(parse(scimText, required(value, 'emails'), 'emails')),
}

const wantedName = (name: z.output<typeof Name>): WantedUser => {
  const whole = nameOf(name)
  return whole === undefined ? {} : { name: whole }
}
const wantedEmail = (email: string | undefined): WantedUser => (email === undefined ? {} : { email })

function required(value: unknown, name: string): unknown {
  if (value === null || value === undefined) throw scimError('mutability', `${name} cannot be removed.`)
  return value
}

/** The changes that the operations of a patch make together, the later ones last. @throws AppError with a SCIM type */
export function patchOf({ Operations }: z.output<typeof PatchIn>): WantedUser {
  let wanted: WantedUser = {}
  for (const { op, path, value } of Operations) {
    if (op === 'remove' && path === undefined) throw scimError('invalidPath', 'Removing needs a path.')
    const given = op === 'remove' ? null : value
    if (path !== undefined) wanted = { ...wanted, ...attributeOf(path, given) }
    else if (typeof given === 'object' && given !== null && !Array.isArray(given))
      for (const [name, part] of Object.entries(given)) wanted = { ...wanted, ...attributeOf(name, part) }
    else throw scimError('invalidValue', 'Without a path the value is an object of attributes.')
  }
  return wanted
}

/** @param path `emails[type eq "work"].value` counts as `emails.value`, because a person has one address here */
function attributeOf(path: string, value: unknown): WantedUser {
  const prefix = `${userSchema}:`.toLowerCase()
  const lower = path.trim().toLowerCase()
  const name = (lower.startsWith(prefix) ? lower.slice(prefix.length) : lower).replace(/^emails\[[^\]]*\]/, 'emails')
  if (Object.hasOwn(attributes, name)) return attributes[name]!(value)
  if (notKept.test(name) || /^emails\.(type|display|primary)$/.test(name)) return {}
  throw scimError('invalidPath', `There is no attribute ${path.slice(0, 100)}.`)
}
