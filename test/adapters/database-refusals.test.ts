import assert from 'node:assert/strict'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { migrate } from '../../server/adapters/database-migration.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { StartError } from '../../server/kernel/start-error.ts'
import { type Connection, openConnection } from '../support/connection.ts'
import { startDroppingPooler } from '../support/dropping-pooler.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

const log = createLogger({ level: 'silent', pretty: false })
const secret = 'hunter2-of-a-test'

describe('the start on an unsuitable database', () => {
  const role = `taskwire_test_plain_${process.pid}`
  const name = `taskwire_test_odd_${process.pid}`
  let database: TestDatabase
  let control: Connection
  before(async () => {
    database = await testDatabase()
    control = await openConnection(database.ownerUrl)
    await control.query(`create role ${role} login password '${secret}'`)
  })
  after(async () => {
    await control.query(`drop database if exists ${name} with (force)`)
    await control.query(`drop role ${role}`)
    await database.drop()
  })
  beforeEach(() => control.query(`drop database if exists ${name} with (force)`))

  const urlOf = (change: Partial<Pick<URL, 'username' | 'password' | 'pathname' | 'host'>>) =>
    Object.assign(new URL(database.ownerUrl), { pathname: `/${name}`, ...change }).href
  const asRole = { username: role, password: secret }

  /** Checks for one message in words that names the option and what to do, and holds no secret. */
  async function refused(url: string, ...expected: RegExp[]) {
    await assert.rejects(migrate({ url, migrationUrl: null }, log), (error: Error) => {
      assert.ok(error instanceof StartError, error.stack)
      for (const pattern of [/DATABASE_URL/, ...expected]) assert.match(error.message, pattern)
      assert.ok(!error.message.includes(decodeURIComponent(new URL(url).password || '\0')), error.message)
      assert.ok(error.message.split('\n').length <= 3, error.message)
      return true
    })
  }

  for (const [encoding, locale] of [
    ['LATIN1', 'C'],
    ['SQL_ASCII', 'C'],
    ['EUC_JP', 'C'],
  ])
    it(`[DB3] refuses a database with the encoding ${encoding}`, async () => {
      await control.query(`create database ${name} encoding '${encoding}' locale '${locale}' template template0`)
      await refused(urlOf({}), new RegExp(encoding!), /encoding 'UTF8'/)
    })

  it('[DB3] refuses a database that does not exist', () => refused(urlOf({}), /is not there/, /create database/))

  it('[DB3] refuses a database that the role, or everybody, may not enter', async () => {
    await control.query(`create database ${name}`)
    await control.query(`revoke connect on database ${name} from public`)
    await refused(urlOf(asRole), /may not connect/, /grant connect/)
    await control.query(`alter database ${name} with allow_connections false`)
    await refused(urlOf({}), /takes no connections/, /allow_connections true/)
  })

  it('[DB3] refuses a database in which the role may not make tables', async () => {
    await control.query(`create database ${name}`)
    await refused(urlOf(asRole), /may not change them/, /grant .*create on schema public/)
    const asOwner = { url: urlOf({}), migrationUrl: urlOf(asRole) }
    await assert.rejects(migrate(asOwner, log), (error: Error) => {
      assert.match(error.message, /role of DATABASE_MIGRATION_URL may not/)
      return error instanceof StartError
    })
  })

  it('[DB3] refuses a read-only database', async () => {
    await control.query(`create database ${name}`)
    await control.query(`alter database ${name} set default_transaction_read_only = on`)
    await refused(urlOf({}), /only reads/, /reset default_transaction_read_only/)
  })

  it('[DB3] refuses a database whose triggers are off, for the database or for the role', async () => {
    await control.query(`create database ${name}`)
    await control.query(`alter database ${name} set session_replication_role = replica`)
    await refused(urlOf({}), /triggers/i, /reset session_replication_role/)
    await control.query(`alter database ${name} reset all`)
    await control.query(`alter role ${role} set session_replication_role = replica`)
    await refused(urlOf(asRole), /triggers/i, new RegExp(role))
    await control.query(`alter role ${role} reset all`)
  })

  it('[DB3] refuses an unencrypted database when the address requires encryption, without a warning of the driver', async () => {
    const warnings: Error[] = []
    const listen = (warning: Error) => warnings.push(warning)
    process.on('warning', listen)
    for (const mode of ['require', 'prefer', 'verify-ca', 'verify-full'])
      await refused(`${urlOf({ pathname: '/postgres' })}?sslmode=${mode}`, /encrypted connection/, /sslmode/)
    process.off('warning', listen)
    assert.deepEqual(warnings, [])
  })

  it('[DB3] refuses a database that allows too few connections to the role, or to everybody', async () => {
    await control.query(`create database ${name}`)
    await control.query(`alter role ${role} connection limit 9`)
    await refused(urlOf(asRole), /9 connections/, /alter role/)
    await control.query(`alter role ${role} connection limit 0`)
    await refused(urlOf(asRole), /no connection left/)
    await control.query(`alter role ${role} connection limit -1`)
    await control.query(`alter database ${name} connection limit 12`)
    await refused(urlOf({}), /12 connections/, /alter database/)
  })

  it('[DB3] counts the connection that asks for the sake of a replica', async () => {
    await control.query(`create database ${name}`)
    await control.query(`alter database ${name} connection limit 27`)
    const start = migrate({ url: urlOf({}), migrationUrl: null }, log, { hasReplica: true })
    await assert.rejects(start, /27 connections .* needs 28/)
    await migrate({ url: urlOf({}), migrationUrl: null }, log)
  })

  it('[DB3] refuses a wrong password, an empty one, and a role that does not exist', async () => {
    await refused(urlOf({ ...asRole, password: 'wrong' }), /password of the role/)
    await refused(urlOf({ ...asRole, password: '' }), /password of the role/)
    await refused(urlOf({ username: 'nobody_of_that_name' }), /nobody_of_that_name/)
  })

  it('[DB3] refuses an address where nothing listens, without a DNS entry, or of something else', async () => {
    await refused(urlOf({ host: '127.0.0.1:1' }), /No PostgreSQL answers at 127\.0\.0\.1:1/)
    await refused(urlOf({ host: 'nowhere.invalid:5432' }), /nowhere\.invalid/)
    await withServer(
      connection => connection.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      host => refused(urlOf({ host }), /does not answer as PostgreSQL/),
    )
  })

  it('[DB3] refuses a pooler that drops settings, although the dropped ones are the defaults at the moment', async () => {
    await control.query(`create database ${name}`)
    const { hostname, port } = new URL(database.ownerUrl)
    const pooler = await startDroppingPooler(Number(port), hostname)
    try {
      await refused(urlOf({ host: pooler.host }), /drops settings \(.*taskwire\.sign\)/, /to PostgreSQL itself/)
    } finally {
      await pooler.close()
    }
  })

  it('[DB3] refuses a pooler that accepts no settings', () => {
    const fields = ['SFATAL', 'C08P01', 'Munsupported startup parameter: options', ''].join('\0') + '\0'
    const size = Buffer.alloc(4)
    size.writeInt32BE(fields.length + 4)
    return withServer(
      connection =>
        connection.once('data', () => connection.end(Buffer.concat([Buffer.from('E'), size, Buffer.from(fields)]))),
      host => refused(urlOf({ host }), /pooler/, /to PostgreSQL itself/),
    )
  })
})

async function withServer(answer: (connection: Socket) => void, act: (host: string) => Promise<void>): Promise<void> {
  const server = createServer(connection => {
    connection.on('error', () => {})
    answer(connection)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  try {
    await act(`127.0.0.1:${port}`)
  } finally {
    server.close()
  }
}
