import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import sql from 'sql-template-tag'
import type { Tokens, User } from '../../contract/index.ts'
import { openDatabase, type PostgresDatabase } from '../../server/adapters/database.ts'
import { createCommand } from '../../server/events/command.ts'
import { type Accounts, type AccountsConfig, createAccounts } from '../../server/features/accounts/index.ts'
import type { AppError } from '../../server/kernel/errors.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { noJobs } from '../../server/features/jobs/index.ts'
import { noMail } from '../../server/ports/mail.ts'
import type { Idempotency, PublicScope, SessionScope } from '../../server/kernel/scope.ts'
import { eventually } from '../support/eventually.ts'
import { testDatabase, type TestDatabase } from '../support/postgres.ts'

const log = createLogger({ level: 'warn', pretty: false })
const config: AccountsConfig = {
  jwtSecret: 'a secret that only this test knows, 32+',
  accessTokenTtl: 900,
  refreshTokenTtl: 2_592_000,
  sessionMaxAge: 7_776_000,
  sessionIdleTimeout: 604_800,
  registration: 'open',
}
const nobody: PublicScope = { person: null, sessionId: null, requestId: 'r', address: '::1', userAgent: 'test' }
const password = 'violet-anvil-93'
/** A request without a body must not have a content type. */
const only = (id: number) => ({ id }) as never
const nothing = {} as never
const code = (expected: string) => (error: AppError) => error.code === expected

describe('accounts, several instances on one database', () => {
  let place: TestDatabase
  let database: PostgresDatabase
  /** Two instances that send each other nothing, as when the events are late. */
  let one: Accounts
  let two: Accounts

  const instance = (changes: Partial<AccountsConfig> = {}) =>
    createAccounts({
      database,
      command: createCommand({ database, wake() {} }),
      config: { ...config, ...changes },
      jobs: noJobs,
      mail: noMail,
      log,
    })

  before(async () => {
    place = await testDatabase()
    database = openDatabase(place.url, log)
    one = instance()
    two = instance()
    // A pool that still opens connections would let the calls in one by one, without a race.
    await Promise.all(Array.from({ length: 16 }, () => database.query(sql`select pg_sleep(0.05)`)))
  })
  after(async () => {
    await database.close()
    await place.drop()
  })

  async function register(accounts = one): Promise<Tokens> {
    const username = `u${randomUUID().slice(0, 8)}`
    return accounts.accounts.register(nobody, { email: `${username}@example.com`, username, password })
  }
  async function scopeOf(tokens: Tokens, idempotency?: Idempotency): Promise<SessionScope> {
    const { person, sessionId } = await one.authenticate(tokens.access_token)
    return { ...nobody, person, sessionId, ...(idempotency && { idempotency }) }
  }
  async function makeAdmin(user: User): Promise<void> {
    await database.query(sql`update users set role = 'admin' where id = ${user.id}`)
    one.forget({ user_id: user.id })
    two.forget({ user_id: user.id })
  }
  async function recorded(userId: number): Promise<[string, Record<string, unknown>][]> {
    const rows = await database.query<{ name: string; payload: Record<string, unknown> }>(sql`
      select names[i] as name, payloads[i]::json as payload from outbox, generate_subscripts(names, 1) as i
      where payloads[i]::json ->> 'user_id' = ${String(userId)} order by id, i`)
    return rows.map(row => [row.name, row.payload])
  }

  it('[AC13] gives exactly one successor to 100 simultaneous refreshes of one token, on two instances', async () => {
    const { refresh_token } = await register()
    const calls = Array.from({ length: 100 }, (_, i) => (i % 2 ? one : two).accounts.refresh(nobody, { refresh_token }))
    const answers = await Promise.all(calls)
    assert.equal(new Set(answers.map(answer => answer.refresh_token)).size, 1)
    const { sessionId } = await one.authenticate(answers[0]!.access_token)
    const rows = await database.query(sql`select from refresh_tokens where session_id = ${sessionId}`)
    assert.equal(rows.length, 2)
  })

  it('[AC14] ends the session once for a stolen refresh token, although it is used ten times at once', async () => {
    const tokens = await register()
    await one.accounts.refresh(nobody, { refresh_token: tokens.refresh_token })
    await database.query(sql`
      update refresh_tokens set spent_at = spent_at - interval '11 seconds' where spent_at is not null and session_id in
        (select id from sessions where user_id = ${tokens.user.id})`)
    const calls = Array.from({ length: 10 }, () =>
      assert.rejects(one.accounts.refresh(nobody, { refresh_token: tokens.refresh_token }), code('session_ended')),
    )
    await Promise.all(calls)
    const [event, ...more] = await recorded(tokens.user.id)
    assert.deepEqual([event?.[0], event?.[1].reason, more.length], ['session_ended', 'session_ended', 0])
  })

  it('[AC15] refuses a session that ended on another instance after a second at most', async () => {
    const tokens = await register()
    const scope = await scopeOf(tokens)
    await two.authenticate(tokens.access_token)
    await one.accounts.logout(scope, nothing)
    await assert.rejects(one.authenticate(tokens.access_token), code('session_ended'))
    await eventually(() => assert.rejects(two.authenticate(tokens.access_token), code('session_ended')), {
      within: 1_500,
    })
  })

  it('[AC15] refuses it at once when the event of its end arrives', async () => {
    const tokens = await register()
    const scope = await scopeOf(tokens)
    await two.authenticate(tokens.access_token)
    await one.accounts.logout(scope, nothing)
    for (const [, payload] of await recorded(tokens.user.id)) two.forget(payload)
    await assert.rejects(two.authenticate(tokens.access_token), code('session_ended'))
  })

  it('[AC16] lets nobody in with an old password that is changed during the sign-in', async () => {
    const tokens = await register()
    const scope = await scopeOf(tokens)
    const login = { email: tokens.user.email, password }
    const change = { current_password: password, new_password: 'copper-lagoon-55' }
    const results = await Promise.allSettled([
      one.accounts.changePassword(scope, change),
      ...Array.from({ length: 8 }, () => two.accounts.login(nobody, login)),
    ])
    assert.equal(results[0]?.status, 'fulfilled')
    const open = await database.query<{ id: string }>(sql`
      select id from sessions where user_id = ${tokens.user.id} and ended_at is null`)
    assert.deepEqual(open, [{ id: scope.sessionId }])
  })

  it('[AC17] sets the password for one of two simultaneous resets with one token', async () => {
    const admin = await register()
    await makeAdmin(admin.user)
    const { user } = await register()
    const { reset_token } = await one.adminUsers.resetPassword(await scopeOf(admin), only(user.id))
    const choices = ['copper-lagoon-55', 'marble-thicket-71']
    const results = await Promise.allSettled(
      choices.map((new_password, i) =>
        [one, two][i]!.accounts.resetPassword(nobody, { token: reset_token, new_password }),
      ),
    )
    assert.deepEqual(results.map(result => result.status).sort(), ['fulfilled', 'rejected'])
    const chosen = choices[results.findIndex(result => result.status === 'fulfilled')]!
    await one.accounts.login(nobody, { email: user.email, password: chosen })
  })

  it('[AC18] keeps one of two last admins who demote each other at the same time', async () => {
    await database.query(sql`update users set role = 'user'`)
    const pair = [await register(), await register()] as const
    for (const { user } of pair) await makeAdmin(user)
    const scopes = [await scopeOf(pair[0]), await scopeOf(pair[1])] as const
    const results = await Promise.allSettled([
      one.adminUsers.update(scopes[0], { id: pair[1].user.id, role: 'user' }),
      two.adminUsers.toggleActive(scopes[1], only(pair[0].user.id)),
    ])
    const refused = results.filter(result => result.status === 'rejected')
    assert.deepEqual(
      refused.map(result => result.reason.code),
      ['conflict'],
    )
  })

  it('[AC19] makes the first admin once when two instances start at the same time, and prints its password once', async () => {
    await database.query(sql`update users set role = 'user'`)
    const made = await Promise.all([one, two, instance()].map(each => each.ensureAdmin({})))
    assert.deepEqual(new Set(made.map(admin => admin.email)), new Set(['admin@taskwire.local']))
    const [generated, ...others] = made.flatMap(admin => admin.password ?? [])
    assert.equal(others.length, 0)
    const { user } = await one.accounts.login(nobody, { email: 'admin@taskwire.local', password: generated! })
    assert.equal(user.role, 'admin')
    assert.deepEqual(await one.ensureAdmin({ email: 'other@example.com' }), {
      email: 'admin@taskwire.local',
      password: null,
    })
  })

  it('[AC19] does not make a registered e-mail address the admin', async () => {
    await database.query(sql`update users set role = 'user'`)
    const { user } = await register()
    await assert.rejects(one.ensureAdmin({ email: user.email.toUpperCase(), password }), /belongs to an account/)
  })

  it('[AC20] repeats the answer to a change of password with the same key, although the old password no longer works', async () => {
    const tokens = await register()
    const idempotency = { key: 'k', method: 'POST', path: '/auth/change-password', bodyHash: 'b' }
    const scope = await scopeOf(tokens, idempotency)
    const change = { current_password: password, new_password: 'copper-lagoon-55' }
    await one.accounts.changePassword(scope, change)
    await one.accounts.changePassword(scope, change)
  })

  it('[AC20] repeats the token of an admin’s reset, which nobody can read in the database', async () => {
    const admin = await register()
    await makeAdmin(admin.user)
    const idempotency = { key: 'k', method: 'POST', path: '/admin/users/1/reset-password', bodyHash: 'b' }
    const scope = await scopeOf(admin, idempotency)
    const { user } = await register()
    const first = await one.adminUsers.resetPassword(scope, only(user.id))
    assert.deepEqual(await two.adminUsers.resetPassword(scope, only(user.id)), first)
    const kept = await database.query(sql`select answer::text from idempotency_keys where user_id = ${admin.user.id}`)
    assert.equal(JSON.stringify(kept).includes(first.reset_token), false)
  })

  it('[AC11] notes the use of a session whose last note is more than a minute old', async () => {
    const tokens = await register()
    await database.query(sql`
      update sessions set last_active_at = now() - interval '70 seconds' where user_id = ${tokens.user.id}`)
    await database.query(sql`update users set last_seen_at = null where id = ${tokens.user.id}`)
    await one.authenticate(tokens.access_token)
    await eventually(async () => {
      const [row] = await database.query<{ noted: boolean }>(sql`
        select s.last_active_at > now() - interval '9 seconds' and u.last_seen_at is not null as noted
        from sessions s join users u on u.id = s.user_id where u.id = ${tokens.user.id}`)
      assert.equal(row?.noted, true)
    })
  })

  it('[AC11] does not fail a request when the database does not accept the note', async () => {
    const tokens = await register()
    await database.query(sql`
      update sessions set last_active_at = now() - interval '2 minutes' where user_id = ${tokens.user.id}`)
    const failing = {
      ...database,
      query: (statement: { text: string; values: unknown[] }) =>
        statement.text.includes('update') ? Promise.reject(new Error('read-only')) : database.query(statement),
    }
    const command = createCommand({ database, wake() {} })
    const reader = createAccounts({
      database: failing as PostgresDatabase,
      command,
      config,
      jobs: noJobs,
      mail: noMail,
      log,
    })
    assert.equal((await reader.authenticate(tokens.access_token)).person.id, tokens.user.id)
  })

  it('[AC21] deletes in its clean-up what ended long ago, and nothing that is in use', async () => {
    const [kept, old] = [await register(), await register()]
    const refreshed = await one.accounts.refresh(nobody, { refresh_token: kept.refresh_token })
    await database.query(sql`
      update sessions set ended_at = now() - interval '31 days' where user_id = ${old.user.id}`)
    await database.query(sql`
      insert into password_resets (hash, user_id, expires_at) values ('\x01', ${old.user.id}, now() - interval '1 hour')`)
    await Promise.all([one.cleanUp(), two.cleanUp()])
    const [left] = await database.query<{ sessions: number; resets: number }>(sql`
      select (select count(*) from sessions where user_id = ${old.user.id}) as sessions,
        (select count(*) from password_resets where user_id = ${old.user.id}) as resets`)
    assert.deepEqual(left, { sessions: 0, resets: 0 })
    const again = await one.accounts.refresh(nobody, { refresh_token: kept.refresh_token })
    assert.equal(again.refresh_token, refreshed.refresh_token)
  })
})
