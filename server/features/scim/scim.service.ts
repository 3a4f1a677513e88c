import type { Sql } from 'sql-template-tag'
import type { Command, Tx } from '../../events/index.ts'
import { parse } from '../../kernel/bind.ts'
import { AppError, notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { ConstraintError, type Database } from '../../ports/database.ts'
import { explainTaken, type Provisioning } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { scimError } from './scim-errors.ts'
import { filterOf } from './scim-filter.ts'
import { PatchIn, patchOf } from './scim-patch.ts'
import {
  listSchema,
  presentScimUser,
  type ScimUser,
  UserIn,
  versionOf,
  type WantedUser,
  wantedOf,
} from './scim-user.ts'
import {
  countPeople,
  findPeople,
  findPerson,
  findRemoved,
  markRemoved,
  type Person,
  storeScimAccount,
} from './scim.queries.ts'

/** The users of SCIM 2.0 (RFC 7644), for a caller who administers. Errors have the kinds of `scimTypeOf`. */
export interface ScimUsers {
  list(base: string, asked: { filter?: string | undefined; startIndex: number; count: number }): Promise<ScimList>
  get(base: string, id: string): Promise<ScimUser>
  create(scope: Scope, base: string, body: unknown): Promise<ScimUser>
  replace(scope: Scope, base: string, change: ScimChange): Promise<ScimUser>
  patch(scope: Scope, base: string, change: ScimChange): Promise<ScimUser>
  /** Disables the account and hides it from the provider. What its person wrote stays, and so does the account. */
  remove(scope: Scope, change: Omit<ScimChange, 'body'>): Promise<void>
}

export interface ScimChange {
  id: string
  body: unknown
  /** The version that the caller has seen; undefined = any. */
  version: string | undefined
}

export interface ScimList {
  schemas: string[]
  totalResults: number
  startIndex: number
  itemsPerPage: number
  Resources: ScimUser[]
}

const uniqueIndexes: Record<string, string> = {
  scim_accounts_user_name_key: 'userName',
  scim_accounts_external_id_key: 'externalId',
}

const idOf = (text: string): number => {
  if (!/^[1-9][0-9]{0,14}$/.test(text)) throw notFound()
  return Number(text)
}

export function createScimUsers(deps: {
  database: Database
  command: Command
  provisioning: Provisioning
  forget: (event: { user_id: number }) => void
}): ScimUsers {
  const { database, command, provisioning, forget } = deps

  /** One change of one person, after which they are read again. */
  async function change(scope: Scope, base: string, email: string | undefined, work: (tx: Tx) => Promise<number>) {
    const changed = await unique(database, email, () =>
      command(withoutKey(scope), async tx => (await findPerson(tx, await work(tx)))!),
    )
    forget({ user_id: changed.id })
    return presentScimUser(changed, base)
  }

  /** A person who stays as they are read here until the change of them is committed. */
  async function hold(tx: Tx, id: string, version: string | undefined): Promise<Person> {
    const personId = idOf(id)
    await provisioning.hold(tx, personId)
    const person = await findPerson(tx, personId)
    if (!person) throw notFound()
    if (version !== undefined && version !== versionOf(person))
      throw new AppError('version_conflict', 'It has been changed since you read it.')
    return person
  }

  async function apply(tx: Tx, scope: Scope, person: Person, wanted: WantedUser) {
    const { id } = person
    const isRenamed = await provisioning.rename(tx, scope, id, wanted)
    const isSwitched = wanted.active !== undefined && (await provisioning.setActive(tx, scope, id, wanted.active))
    const next = {
      userName: wanted.userName ?? person.user_name,
      externalId: wanted.externalId === undefined ? person.external_id : wanted.externalId,
    }
    if (next.userName.trim() === '') throw scimError('invalidValue', 'userName may not be empty.')
    const isKnownAnew = next.userName !== person.user_name || next.externalId !== person.external_id
    if (isRenamed || isSwitched || isKnownAnew) await storeScimAccount(tx, { userId: id, ...next }, tx.now)
    return id
  }

  return {
    async list(base, { filter, startIndex, count }) {
      const where: Sql = filterOf(filter)
      const [total, rows] = await Promise.all([
        countPeople(database, where),
        count === 0 ? [] : findPeople(database, where, { offset: startIndex - 1, limit: count }),
      ])
      const Resources = rows.map(row => presentScimUser(row, base))
      return { schemas: [listSchema], totalResults: total, startIndex, itemsPerPage: Resources.length, Resources }
    },

    async get(base, id) {
      const person = await findPerson(database, idOf(id))
      if (!person) throw notFound()
      return presentScimUser(person, base)
    },

    create(scope, base, body) {
      const { email, active, ...wanted } = wantedOf(parse(UserIn, body))
      if (email === undefined)
        throw scimError('invalidValue', 'A user needs an e-mail address, in emails or as userName.')
      return change(scope, base, email, async tx => {
        const known = await findRemoved(tx, email)
        const id = known ?? (await provisioning.make(tx, scope, { ...wanted, email })).id
        await storeScimAccount(tx, { userId: id, userName: wanted.userName, externalId: wanted.externalId }, tx.now)
        if (known !== undefined) await provisioning.rename(tx, scope, id, wanted)
        await provisioning.setActive(tx, scope, id, active)
        return id
      })
    },

    replace(scope, base, { id, body, version }) {
      const wanted = wantedOf(parse(UserIn, body))
      return change(scope, base, wanted.email, async tx => apply(tx, scope, await hold(tx, id, version), wanted))
    },

    patch(scope, base, { id, body, version }) {
      const wanted = patchOf(parse(PatchIn, body))
      return change(scope, base, wanted.email, async tx => apply(tx, scope, await hold(tx, id, version), wanted))
    },

    async remove(scope, { id, version }) {
      const personId = await command(withoutKey(scope), async tx => {
        const person = await hold(tx, id, version)
        await provisioning.setActive(tx, scope, person.id, false)
        await markRemoved(tx, person, tx.now)
        await audit(tx, scope, { action: 'user.deprovisioned', resource: 'user', resourceId: person.id })
        return person.id
      })
      forget({ user_id: personId })
    },
  }
}

/** The calls of SCIM have no idempotency key: a provider repeats them and looks what is there. */
const withoutKey = ({ person, mutationId, traceparent }: Scope) => ({
  person,
  ...(mutationId !== undefined && { mutationId }),
  ...(traceparent !== undefined && { traceparent }),
})

/** Says which value is taken. */
async function unique<T>(database: Database, email: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await explainTaken(database, { ...(email !== undefined && { email }) }, work)
  } catch (error) {
    const attribute = error instanceof ConstraintError ? uniqueIndexes[error.constraint] : undefined
    if (attribute === undefined) throw error
    throw scimError('uniqueness', `Another user has this ${attribute}.`)
  }
}
