import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { HealthReport } from '../../contract/index.ts'
import { eventually } from '../support/eventually.ts'
import { type PostgresControl, startPostgres } from '../support/postgres-control.ts'
import { type PostgresStandby, startStandby } from '../support/postgres-standby.ts'
import { needRedis } from '../support/redis.ts'
import { type ClusterProcess, startClusterOn } from './cluster-process.ts'

describe('npm run cluster on a PostgreSQL with a replica', function () {
  this.timeout(120_000)
  needRedis()

  let dataDir: string
  let postgres: PostgresControl
  let standby: PostgresStandby
  let cluster: ClusterProcess

  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), `taskwire-test-${process.pid}-`))
    postgres = await startPostgres()
    standby = await startStandby(postgres)
    const urls = {
      DATABASE_URL: postgres.url,
      DATABASE_MIGRATION_URL: postgres.ownerUrl,
      DATABASE_REPLICA_URL: standby.url,
    }
    cluster = startClusterOn(urls, dataDir)
  })
  after(async () => {
    cluster?.signal('SIGTERM')
    await cluster?.ended
    await standby?.remove()
    await postgres?.remove()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  })

  it('[OP8] passes the replica on to each instance, and shows where it is without the password', async () => {
    await cluster.ready()
    const output = cluster.output()
    const { host, password } = new URL(standby.url)
    assert.match(output, new RegExp(`^ +PostgreSQL +\\S+, replica ${host}$`, 'm'))
    assert.ok(!output.includes(password))
    const instances = [...output.matchAll(/^ +Instance \d +(http:\S+), pid/gm)].map(([, url]) => url!)
    assert.equal(instances.length, 2)
    for (const url of instances)
      await eventually(async () => {
        const { components } = HealthReport.parse(await (await fetch(`${url}/api/v1/health/detailed`)).json())
        const { status, configured } = components.replica!
        assert.deepEqual([status, configured], ['healthy', true])
      })
  })
})
