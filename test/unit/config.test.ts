import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { printEnvExample } from '../../server/cli/env-example.ts'
import { describeConfig, loadConfig } from '../../server/config.ts'

describe('configuration', () => {
  it('[CF1] accepts an empty environment, with the documented defaults', () => {
    const config = loadConfig({})
    assert.equal(config.port, 3000)
    assert.equal(config.host, '127.0.0.1')
    assert.equal(config.accessTokenTtl, 900)
    assert.deepEqual(config.corsOrigins, [])
    assert.equal(config.databaseUrl, undefined)
    assert.equal(config.outboundAllowPrivate, false)
    assert.equal(config.oembedVimeoUrl, 'https://vimeo.com/api/oembed.json')
  })

  it('[CF1] treats an empty variable as not set', () => {
    const config = loadConfig({ PORT: '', DATABASE_URL: '' })
    assert.equal(config.port, 3000)
    assert.equal(config.portGiven, false)
    assert.equal(config.databaseUrl, undefined)
  })

  it('[CF2] names every bad variable at once, and shows no value', () => {
    const bad: Record<string, string> = {
      PORT: '70000',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      DATABASE_MIGRATION_URL: 'mysql://root:hunter2@db/x',
      REDIS_URL: 'redis+cluster://:hunter2@a:6379,b:x',
      JWT_SECRET: 'hunter2',
      ADMIN_EMAIL: 'hunter2',
      ADMIN_PASSWORD: 'short',
      REGISTRATION: 'maybe',
      ACCESS_TOKEN_TTL: '15m',
      CORS_ORIGINS: 'https://good.example,bad.example/path',
      PUBLIC_URL: 'example.com',
      TRUST_PROXY: '-1',
      METRICS_IP_ALLOWLIST: '10.0.0.0/8, localhost',
      LOG_LEVEL: 'loud',
      STORAGE: 'tape',
      S3_ENDPOINT: 'minio:9000',
      S3_FORCE_PATH_STYLE: 'maybe',
      MEDIA_QUOTA_MB: '1.5',
      OEMBED_YOUTUBE_URL: 'ftp://youtube.com',
      OUTBOUND_ALLOW_PRIVATE: 'yes',
    }
    assert.throws(
      () => loadConfig(bad),
      ({ message }: Error) => {
        for (const name of Object.keys(bad)) assert.match(message, new RegExp(`^  ${name}: `, 'm'))
        assert.doesNotMatch(message, /hunter2|short/)
        return true
      },
    )
  })

  it('[CF2] names a URL with a password that cannot be decoded, and does not show it', () => {
    const bad = {
      DATABASE_URL: 'postgres://app:50%hunter2@db/app',
      DATABASE_MIGRATION_URL: 'postgres://app@db/50%hunter2',
      REDIS_URL: 'redis://:50%hunter2@a',
      SMTP_URL: 'smtp://app:50%hunter2@mail',
    }
    assert.throws(
      () => loadConfig(bad),
      ({ message }: Error) => {
        for (const name of Object.keys(bad)) assert.match(message, new RegExp(`^  ${name}: `, 'm'))
        assert.doesNotMatch(message, /hunter2/)
        return true
      },
    )
  })

  it('[CF3] requires a JWT_SECRET in production with an external database, also beside other mistakes', () => {
    const production = { NODE_ENV: 'production', DATABASE_URL: 'postgres://app@db/app' }
    const random = randomBytes(24).toString('hex')
    assert.throws(() => loadConfig(production), /JWT_SECRET/)
    assert.throws(() => loadConfig({ ...production, PORT: 'x' }), /PORT[^]*JWT_SECRET/)
    assert.equal(loadConfig({ ...production, JWT_SECRET: random }).jwtSecret, random)
    assert.equal(loadConfig({ NODE_ENV: 'production' }).jwtSecret, undefined)
  })

  for (const secret of [
    'x'.repeat(64),
    'change-me-to-a-long-random-text-please',
    'ab12'.repeat(12),
    'your-secret-key'.repeat(3),
  ]) {
    it(`[CF9] refuses the secret ${secret.slice(0, 20)}… in production, and accepts it elsewhere`, () => {
      const wanted = (name: string) => new RegExp(`^  ${name}: can be guessed`, 'm')
      for (const name of ['JWT_SECRET', 'JWT_SECRET_PREVIOUS'])
        assert.throws(() => loadConfig({ NODE_ENV: 'production', [name]: secret }), wanted(name))
      assert.equal(loadConfig({ JWT_SECRET: secret }).jwtSecret, secret)
    })
  }

  it('[CF9] accepts random secrets in hexadecimal and in base64', () => {
    for (let nth = 0; nth < 200; nth++)
      for (const form of ['hex', 'base64', 'base64url'] as const) {
        const JWT_SECRET = randomBytes(24).toString(form)
        assert.equal(loadConfig({ NODE_ENV: 'production', JWT_SECRET }).jwtSecret, JWT_SECRET)
      }
  })

  it('[CF3] requires the bucket for storage in a bucket, and a secret for a key', () => {
    assert.throws(() => loadConfig({ STORAGE: 's3' }), /S3_BUCKET/)
    assert.throws(() => loadConfig({ S3_ACCESS_KEY_ID: 'x' }), /S3_SECRET_ACCESS_KEY/)
    assert.equal(loadConfig({ STORAGE: 's3', S3_BUCKET: 'files' }).s3Bucket, 'files')
  })

  it('[CF3] requires the URL of the serving role beside that of the migrating role', () => {
    const urls = { DATABASE_MIGRATION_URL: 'postgres://owner@db/app', DATABASE_URL: 'postgres://app@db/app' }
    assert.throws(() => loadConfig({ ...urls, DATABASE_URL: '' }), /DATABASE_MIGRATION_URL: needs a DATABASE_URL/)
    assert.equal(loadConfig(urls).databaseMigrationUrl, urls.DATABASE_MIGRATION_URL)
  })

  it('[CF3] requires the URL of the primary beside that of its replica', () => {
    const urls = { DATABASE_REPLICA_URL: 'postgres://app@replica/app', DATABASE_URL: 'postgres://app@db/app' }
    assert.throws(() => loadConfig({ ...urls, DATABASE_URL: '' }), /DATABASE_REPLICA_URL: needs the DATABASE_URL/)
    assert.equal(loadConfig(urls).databaseReplicaUrl, urls.DATABASE_REPLICA_URL)
  })

  it('[CF4] accepts lists and addresses as people write them', () => {
    const config = loadConfig({
      CORS_ORIGINS: ' https://a.example , http://localhost:5173,HTTPS://B.example:443/,https://münchen.example',
      PUBLIC_URL: 'https://t.example/',
    })
    assert.deepEqual(config.corsOrigins, [
      'https://a.example',
      'http://localhost:5173',
      'https://b.example',
      'https://xn--mnchen-3ya.example',
    ])
    assert.equal(config.publicUrl, 'https://t.example')
  })

  it('[WH3] accepts a path in the public address, and nothing else in it, and no path of our own', () => {
    for (const [given, read] of [
      ['https://t.example/board/', 'https://t.example/board'],
      ['http://t.example:8080/a/b-c_d.e~f/%C3%A4//', 'http://t.example:8080/a/b-c_d.e~f/%C3%A4'],
      ['https://t.example/apis', 'https://t.example/apis'],
    ] as const)
      assert.equal(loadConfig({ PUBLIC_URL: given }).publicUrl, read)
    for (const given of [
      'https://t.example/?x',
      'https://t.example/#x',
      'https://me@t.example/',
      'https://t.example/api',
      'https://t.example/API/v1',
      'https://t.example/assets/',
      'https://t.example/socket.io',
      'https://t.example//board',
      'https://t.example/a;b',
    ])
      assert.throws(() => loadConfig({ PUBLIC_URL: given }), /PUBLIC_URL: must/, given)
  })

  it('[CF5] matches .env.example, in which every option has a meaning', () => {
    const written = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
    assert.equal(written, printEnvExample(), 'run: node server/cli/env-example.ts > .env.example')
    for (const row of describeConfig()) assert.notEqual(row.meaning, '', row.name)
  })

  it('[CF5] gives the defaults in .env.example for an empty environment', () => {
    const written = Object.fromEntries(describeConfig().map(row => [row.name, row.default]))
    assert.deepEqual({ ...loadConfig(written), portGiven: false }, loadConfig({}))
  })
})
