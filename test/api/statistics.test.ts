import assert from 'node:assert/strict'
import { openDatabase } from '../../server/adapters/database.ts'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { createStatistics } from '../../server/features/statistics/index.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import type { Statement } from '../../server/ports/database.ts'
import { quantityNames, type StatisticsHistory } from '../../contract/index.ts'
import { readMinutes, removeOld, rollUp } from '../../server/features/statistics/statistics.queries.ts'
import { type Client, expect, type StartOptions, startServer, type TestServer } from '../support/server.ts'
import { eventually } from '../support/eventually.ts'
import { refuses } from '../suites/answers.ts'

const minuteMs = 60_000
const dayMs = 24 * 3600_000

describe('statistics of the system', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer({ tuning: { sampleMs: 20 } })
    ann = await server.user('ann')
  })
  after(() => server.close())

  const others: TestServer[] = []
  const another = async (options: StartOptions) => {
    const other = await startServer(options)
    others.push(other)
    return other
  }
  afterEach(async () => void (await Promise.all(others.splice(0).map(other => other.close()))))

  const historyOf = async (of: TestServer, query = ''): Promise<StatisticsHistory> =>
    (await expect(of.admin.rest('GET', `/monitoring/system/history${query}`), 200)).body.data
  const sampled = (of: TestServer, query = '') =>
    eventually(async () => {
      const { results } = await historyOf(of, query)
      assert.ok(results.length > 0)
      return results
    })
  /** The database of the server, for statements of the feature. */
  const database = { query: <R extends object>({ text, values }: Statement) => server.query<R>(text, values) }
  const addSample = (instance: number, at: string, values: Record<string, number>, failed: string[] = []) => {
    const names = Object.keys(values)
    const places = names.map((_, nth) => `$${nth + 4}`)
    return server.query(
      `insert into statistics_samples (instance, at, failed_probes, ${names.join(', ')}) values ($1, $2, $3, ${places.join(', ')})`,
      [`00000000-0000-0000-0000-00000000000${instance}`, at, failed, ...Object.values(values)],
    )
  }

  it('[ST1] samples each minute with all numbers, and gives it to administrators only', async () => {
    refuses(await server.rest('GET', '/monitoring/system/history'), 'unauthenticated')
    refuses(await ann.rest('GET', '/monitoring/system/history'), 'forbidden')
    const points = await sampled(server)
    const { at, instances, samples, failed_probes, ...values } = points[0]!
    assert.equal(Date.parse(at) % minuteMs, 0)
    assert.deepEqual([instances, samples, failed_probes], [1, 1, []])
    assert.deepEqual(Object.keys(values).sort(), [...quantityNames].sort())
    assert.equal(typeof values.cpu_percent, 'number')
    assert.ok(values.memory_bytes! > 1e7 && values.database_bytes! > 1e6 && values.disk_free_bytes! > 0)
    assert.equal(new Set(points.map(point => point.at)).size, points.length, 'one point a minute')
  })

  it('[ST1] puts the minute into its hour and its day at once', async () => {
    await sampled(server)
    for (const resolution of ['hour', 'day']) {
      const [point] = await sampled(server, `?resolution=${resolution}`)
      assert.ok(point!.samples >= 1 && point!.memory_bytes! > 1e7, resolution)
      assert.equal(Date.parse(point!.at) % (resolution === 'hour' ? 3600_000 : dayMs), 0)
    }
  })

  it('[ST2] names a part that cannot be sampled, has null for its numbers, and has all others', async () => {
    const broken = await another({
      tuning: { sampleMs: 20 },
      env: {
        STORAGE: 's3',
        S3_BUCKET: 'none',
        S3_ENDPOINT: 'http://127.0.0.1:1',
        S3_ACCESS_KEY_ID: 'a',
        S3_SECRET_ACCESS_KEY: 'b',
      },
    })
    const [point] = await sampled(broken)
    assert.deepEqual([point!.failed_probes, point!.disk_free_bytes], [['storage'], null])
    assert.ok(point!.cpu_percent !== null && point!.database_bytes !== null)
  })

  it('[ST2] keeps a sample that the database does not take, and writes it later', async () => {
    const other = await another({ tuning: { sampleMs: 3600_000 } })
    const log = createLogger({ level: 'silent', pretty: false })
    const direct = openDatabase(withSettings(other.databaseUrl, { search_path: 'public' }), log)
    const read = async (path: string) => (await expect(other.admin.rest('GET', path), 200)).body.data
    const statistics = createStatistics({
      systemMetrics: () => read('/system/metrics'),
      health: () => read('/system/health'),
      database: direct,
      log,
    })
    try {
      await other.query('alter table statistics_samples rename to away')
      const refused = Date.now()
      await assert.rejects(statistics.sample())
      await other.query('alter table away rename to statistics_samples')
      await statistics.sample()
      const [point] = await sampled(other)
      assert.equal(point!.at, new Date(Math.floor(refused / minuteMs) * minuteMs).toISOString())
    } finally {
      await direct.close()
    }
  })

  it('[ST3] adds instances up, and takes the mean or the worst of an hour, a day', async () => {
    const at = (minute: number) => `2020-02-03T04:${String(minute).padStart(2, '0')}:00.000Z`
    const values = (sockets: number, lag: number, cpu: number) => ({
      sockets,
      event_lag_p99_ms: lag,
      cpu_percent: cpu,
      disk_free_bytes: sockets,
    })
    await addSample(1, at(0), values(10, 5, 20))
    await addSample(2, at(0), values(20, 50, 40), ['storage'])
    await addSample(1, at(59), values(50, 1, 90), ['storage', 'jobs'])
    await addSample(1, '2020-02-03T05:00:00.000Z', values(1000, 1000, 1000))

    const [minute] = await readMinutes(database, at(0), at(0))
    assert.deepEqual(
      [minute!.instances, minute!.sockets, minute!.event_lag_p99_ms, minute!.cpu_percent, minute!.disk_free_bytes],
      [2, 30, 50, 30, 10],
    )
    await database.query(rollUp('hour', at(30)))
    await database.query(rollUp('hour', at(30)))
    const { results } = await historyOf(server, `?resolution=hour&from=${at(0)}&to=${at(59)}`)
    assert.equal(results.length, 1)
    const [hour] = results
    assert.deepEqual([hour!.at, hour!.instances, hour!.samples], [at(0), 2, 2])
    assert.deepEqual(
      [hour!.sockets, hour!.event_lag_p99_ms, hour!.cpu_percent, hour!.request_p99_ms],
      [40, 50, 60, null],
    )
    assert.deepEqual(hour!.failed_probes.sort(), ['jobs', 'storage'])

    await database.query(rollUp('day', at(30)))
    const day = (await historyOf(server, '?resolution=day&from=2020-02-03T00:00:00Z&to=2020-02-03T00:00:00Z')).results
    assert.deepEqual([day.length, day[0]!.samples, day[0]!.event_lag_p99_ms], [1, 3, 1000])
  })

  it('[ST4] removes samples after 30 days and hours after 400, and keeps days', async () => {
    const ago = (days: number) => new Date(Math.floor(Date.now() / dayMs) * dayMs - days * dayMs).toISOString()
    for (const days of [29, 31, 401]) {
      await addSample(3, ago(days), { sockets: 1 })
      for (const period of ['hour', 'day'] as const) await database.query(rollUp(period, ago(days)))
    }
    await removeOld(database, { samples: 30, hours: 400 })
    const left = async (table: string) =>
      (
        await server.query<{ at: string }>(`select at from ${table} and at < now() - interval '20 days'
          and at > now() - interval '500 days' order by at`)
      ).map(({ at }) => new Date(at).toISOString())
    assert.deepEqual(await left('statistics_samples where true'), [ago(29)])
    assert.deepEqual(await left(`statistics_periods where resolution = 'hour'`), [ago(31), ago(29)])
    assert.deepEqual(await left(`statistics_periods where resolution = 'day'`), [ago(401), ago(31), ago(29)])
  })

  it('[ST5] chooses the finest resolution that has all of the time', async () => {
    const chosen = async (days: number) => {
      const from = new Date(Date.now() - days * dayMs).toISOString()
      return (await historyOf(server, `?from=${from}`)).resolution
    }
    assert.deepEqual([await chosen(0.5), await chosen(20), await chosen(300)], ['minute', 'hour', 'day'])
    const { from, to, resolution } = await historyOf(server)
    assert.deepEqual([Date.parse(to) - Date.parse(from), resolution], [3600_000, 'minute'])
  })

  it('[ST5] refuses what is no time, no resolution, the wrong way round, or too much, and names the field', async () => {
    const ask = (query: string) => server.admin.rest('GET', `/monitoring/system/history?${query}`)
    const bad: [string, string][] = [
      ['from=2026-01-01', 'from'],
      ['to=yesterday', 'to'],
      ['resolution=second', 'resolution'],
      ['since=2026-01-01T00:00:00Z', 'since'],
      ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from'],
      ['from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:00Z&resolution=minute', 'from'],
      ['from=1990-01-01T00:00:00Z', 'from'],
    ]
    for (const [query, field] of bad) refuses(await ask(query), 'validation_error', [field])
  })
})
