import assert from 'node:assert/strict'
import { openDatabase } from '../../server/adapters/database.ts'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { migrate } from '../../server/adapters/database-migration.ts'
import { type DatabaseUrls, mayTamper } from '../../server/adapters/database-roles.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { StartError } from '../../server/kernel/start-error.ts'
import { type Connection, openConnection } from '../support/connection.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'
import { startPostgres } from '../support/postgres-control.ts'

const log = createLogger({ level: 'silent', pretty: false })

describe('the serving role', () => {
  let database: TestDatabase
  let serving: Connection
  let owner: Connection
  before(async () => {
    database = await testDatabase()
    // As a start does: rights on the database itself are not copied with a template.
    await migrate({ url: database.url, migrationUrl: database.ownerUrl }, log)
    serving = await openConnection(database.url)
    owner = await openConnection(database.ownerUrl)
    await serving.query('select event_log_add_partition(0)')
    await serving.query(`insert into audit_log (action, resource, details, created_at, hash)
      values ('test', 'test', '{}', now(), '')`)
  })
  after(async () => {
    await database.drop()
  })

  for (const statement of [
    'alter table audit_log disable trigger audit_log_is_kept',
    'alter table audit_log disable trigger all',
    'alter table audit_log disable trigger user',
    'drop trigger audit_log_is_kept on audit_log',
    'create or replace function audit_log_is_kept() returns trigger language plpgsql as $$ begin return null; end $$',
    'drop function audit_log_is_kept() cascade',
    `create rule r as on insert to audit_log do instead nothing`,
    `set session_replication_role = 'replica'`,
    `update audit_log set action = 'x'`,
    'delete from audit_log',
    'truncate audit_log',
    'update audit_log set ip_address = null, origin_salt = null',
    `update audit_chain set hash = 'x'`,
    'delete from audit_chain',
    'truncate audit_heads',
    'alter table audit_log disable trigger audit_log_only_forgets',
    'select * from audit_log for update',
    `merge into audit_log a using (select 1) as b on true when matched then delete`,
    'drop table audit_log',
    'alter table audit_log rename to other',
    'do $$ begin lock table audit_log in access exclusive mode; end $$',
    'alter table tasks add column more int',
    'alter table tasks disable trigger media_follow_task',
    'drop table tasks',
    'truncate tasks',
    'create table mine (id int)',
    'create temporary table audit_log (id int)',
    'create view mine as select 1',
    'create schema mine',
    'create function mine() returns int language sql as $$ select 1 $$',
    'create extension hstore',
    'create index on tasks (id)',
    'drop table event_log_0',
    'alter table event_log detach partition event_log_0',
    'alter function event_log_add_partition(bigint) security invoker',
    'delete from mikro_orm_migrations',
    'drop schema graphile_worker cascade',
    'alter table graphile_worker._private_jobs add column more int',
    'delete from graphile_worker.migrations',
    'create role another',
    `copy (select 1) to program 'true'`,
  ])
    it(`[RO1] is refused ${statement.replace(/\s+/g, ' ').slice(0, 70)}`, async () => {
      await assert.rejects(serving.query(statement), { code: '42501' })
    })

  it('[RO1] cannot become the owner, and owns nothing', async () => {
    const { rows } = await owner.query('select current_user as name')
    await assert.rejects(serving.query(`set role ${rows[0].name}`), { code: '42501' })
    await assert.rejects(serving.query(`set session authorization ${rows[0].name}`), { code: '42501' })
    const { rows: owned } = await serving.query(
      `select relname from pg_class where relowner = current_user::regrole
      union all select proname from pg_proc where proowner = current_user::regrole`,
    )
    assert.deepEqual(owned, [])
  })

  it('[RO1] may do everything that serving needs: read, insert, update and delete, except in the audit log', async () => {
    const { rows } = await serving.query<{ name: string; may: boolean[] }>(`
      select relname as name, array(select has_table_privilege(oid, p)
        from unnest('{select,insert,update,delete,truncate,references,trigger}'::text[]) with ordinality as u (p, n) order by n) as may
      from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
        and relname <> 'mikro_orm_migrations'`)
    assert.ok(rows.length > 15, String(rows.length))
    for (const { name, may } of rows) {
      const more = !['audit_log', 'audit_chain', 'audit_heads'].includes(name)
      assert.deepEqual(may, [true, true, more, more, false, false, false], name)
    }
  })

  it('[RO2] adds only partitions of the event log that are due, and drops only those that nobody reads any more', async () => {
    const partitions = async () =>
      (
        await owner.query(
          `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'event_log'::regclass`,
        )
      ).rows
    const there = await partitions()
    for (const call of [
      'event_log_add_partition(2)',
      'event_log_add_partition(-1)',
      'event_log_add_partition(99999999)',
      `event_log_drop_partition('event_log_0')`,
      `event_log_drop_partition('tasks')`,
      `event_log_drop_partition('audit_log')`,
      `event_log_drop_partition('event_log')`,
    ])
      await assert.rejects(serving.query(`select ${call}`), { code: 'P0001' })
    assert.deepEqual(await partitions(), there)
    // Other roles may not call the function at all.
    await owner.query('create role stranger')
    try {
      await owner.query('set role stranger')
      await assert.rejects(owner.query('select event_log_add_partition(1)'), { code: '42501' })
    } finally {
      await owner.query('reset role; drop role stranger')
    }
  })

  it('[RO1] removes of the audit log only what is personal, by a function, and of people who are to be erased', async () => {
    const { rows } = await serving.query(`
      insert into users (email, username, name, password_hash) values ('z', 'z', 'z', '') returning id`)
    const { id } = rows[0]
    await serving.query(
      `insert into audit_log (user_id, action, resource, details, ip_address, created_at)
      values ($1, 'test', 'test', '{}', '192.0.2.1', now())`,
      [id],
    )
    await assert.rejects(serving.query('select audit_log_forget($1, 10)', [id]), /is not to be erased/)
    await serving.query('insert into erasures (user_id, requested_at) values ($1, now())', [id])
    await serving.query('select audit_log_forget($1, 10)', [id])
    const { rows: left } = await serving.query(
      'select action, ip_address, origin_salt from audit_log where user_id = $1',
      [id],
    )
    assert.deepEqual(left, [{ action: 'test', ip_address: null, origin_salt: null }])
  })

  it('[RO4] cannot change the audit log, while the owner can, of which a start warns', async () => {
    for (const [url, may] of [
      [database.url, false],
      [database.ownerUrl, true],
    ] as const) {
      const opened = openDatabase(withSettings(url, { search_path: 'public' }), log)
      assert.equal(await mayTamper(opened), may)
      await opened.close()
    }
  })
})

describe('migrating with another role', () => {
  const role = `taskwire_test_new_${process.pid}`
  let database: TestDatabase
  let owner: Connection
  let urls: DatabaseUrls
  beforeEach(async () => {
    database = await testDatabase()
    owner = await openConnection(database.ownerUrl)
    await owner.query('drop schema public cascade; drop schema graphile_worker cascade; create schema public')
    // Databases from before PostgreSQL 15 have this grant.
    await owner.query('grant all on schema public to public')
    const url = Object.assign(new URL(database.url), { username: role, password: `it's a "secret" é` }).href
    urls = { url, migrationUrl: database.ownerUrl }
  })
  afterEach(async () => {
    await owner.query(
      `do $$ begin if to_regrole('${role}') is not null then drop owned by ${role}; drop role ${role}; end if; end $$`,
    )
    await database.drop()
  })

  it('[RO3] makes the serving role and grants what it needs, also when several start at once', async () => {
    await Promise.all([migrate(urls, log), migrate(urls, log), migrate(urls, log)])
    const serving = await openConnection(urls.url)
    await serving.query(`insert into users (email, username, name, password_hash) values ('a', 'a', 'a', '')`)
    await serving.query(`select from graphile_worker.add_job('x')`)
    assert.equal((await serving.query('select from graphile_worker._private_jobs')).rowCount, 1)
    await assert.rejects(serving.query('create table mine (id int)'), { code: '42501' })
  })

  it('[RO3] needs no superuser: an owner of the database who may make roles is enough', async () => {
    const plain = `${role}_owner`
    await owner.query(`create role ${plain} login createrole password 'x'`)
    try {
      await owner.query(`alter database ${new URL(database.ownerUrl).pathname.slice(1)} owner to ${plain}`)
      await owner.query('alter schema public owner to pg_database_owner')
      const migrationUrl = Object.assign(new URL(database.ownerUrl), { username: plain, password: 'x' }).href
      await migrate({ ...urls, migrationUrl }, log)
      await migrate({ ...urls, migrationUrl }, log)
      const serving = await openConnection(urls.url)
      await serving.query('select event_log_add_partition(0), event_log_add_partition(1)')
      await serving.query('update log_head set first = 500000')
      await serving.query(`select event_log_drop_partition('event_log_0')`)
      await serving.query(`select from graphile_worker.add_job('x')`)
      for (const statement of [
        'create table mine (id int)',
        'create temporary table mine (id int)',
        'truncate audit_log',
      ])
        await assert.rejects(serving.query(statement), { code: '42501' })
    } finally {
      await owner.query(`reassign owned by ${plain} to current_user`)
      await owner.query(`drop owned by ${role}; drop role ${role}; drop owned by ${plain}; drop role ${plain}`)
    }
  })

  it('[RO3] grants the rights on later tables too, and revokes excessive rights', async () => {
    await migrate(urls, log)
    await owner.query(`create table more (id int); grant all on all tables in schema public to ${role}`)
    await owner.query(`revoke all on more, tasks from ${role}`)
    await migrate(urls, log)
    const serving = await openConnection(urls.url)
    await serving.query('delete from more')
    await serving.query('delete from tasks')
    for (const statement of ['delete from audit_log', 'truncate audit_log'])
      await assert.rejects(serving.query(statement), { code: '42501' })
  })

  it('[RO3] grants no right to functions that the operator keeps in the schema', async () => {
    await owner.query(`create function reset_all() returns void language sql security definer as $$ select $$;
      revoke execute on function reset_all() from public`)
    await migrate(urls, log)
    await migrate(urls, log)
    const serving = await openConnection(urls.url)
    await assert.rejects(serving.query('select reset_all()'), { code: '42501' })
    await serving.query('select event_log_add_partition(0)')
  })

  it('[RO3] starts a serving role alone on a schema that is up to date, and otherwise names the missing option', async () => {
    await owner.query(`create role ${role} login password 'x'`)
    const alone = { url: Object.assign(new URL(urls.url), { password: 'x' }).href, migrationUrl: null }
    await owner.query('revoke all on schema public from public; grant usage on schema public to public')
    await assert.rejects(migrate(alone, log), (error: Error) => {
      assert.ok(error instanceof StartError, String(error))
      assert.match(error.message, /DATABASE_MIGRATION_URL/)
      return true
    })
    await migrate({ ...alone, migrationUrl: urls.migrationUrl }, log)
    await migrate(alone, log)
  })

  it('[RO3] refuses two servers whose databases have the same name, also with the same content', async () => {
    const another = await startPostgres()
    try {
      const there = Object.assign(new URL(another.ownerUrl), { pathname: new URL(database.ownerUrl).pathname })
      const control = await openConnection(another.ownerUrl)
      await control.query(`create database ${there.pathname.slice(1)}`)
      await assert.rejects(
        migrate({ url: there.href, migrationUrl: database.ownerUrl }, log),
        /the same database, on the same server/,
      )
    } finally {
      await another.remove()
    }
  })

  it('[RO3] refuses addresses of two different databases', async () => {
    const elsewhere = Object.assign(new URL(database.ownerUrl), { pathname: '/postgres' }).href
    await assert.rejects(migrate({ url: elsewhere, migrationUrl: database.ownerUrl }, log), /the same database/)
  })
})
