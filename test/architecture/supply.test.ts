import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'))

interface Locked {
  version: string
  resolved?: string
  integrity?: string
  dev?: boolean
  link?: boolean
}
/** Where npm takes a package from that has no address in the lockfile. */
const registry = 'https://registry.npmjs.org/'

interface Lock {
  lockfileVersion: number
  packages: Record<string, Locked>
}

const lock = read('package-lock.json') as Lock
/** Of the servers that the bench `peers` measures beside ours. */
const benchLock = read('bench/package-lock.json') as Lock

/** Every package of a lockfile, several copies of one too, without the project itself. */
const packagesOf = ({ packages }: Lock) =>
  Object.entries(packages)
    .filter(([folder]) => folder !== '')
    .map(([folder, entry]) => ({ folder, name: folder.split('node_modules/').at(-1)!, ...entry }))
const locked = packagesOf(lock)

/**
 * The first versions without a known vulnerability that concerns this server; a floor for each major version that may
 * be installed. Raise one when an advisory asks for it.
 */
const floors: Record<string, string[]> = {
  '@koa/cors': ['5.0.0'], // GHSA-qxrj-hx23-xp82
  '@mikro-orm/core': ['7.0.6'], // CVE-2026-34220
  '@mikro-orm/postgresql': ['7.0.6'],
  '@mikro-orm/sql': ['7.0.6'],
  'engine.io': ['6.6.7'], // CVE-2026-59724, CVE-2026-59725
  'ip-address': ['10.5.0'], // CVE-2026-69192, CVE-2026-69198
  jws: ['3.2.3', '4.0.1'], // CVE-2025-65945
  koa: ['3.1.2'], // CVE-2025-8129 and later ones
  sharp: ['0.35.4'], // GHSA-f88m-g3jw-g9cj, GHSA-rgj7-g3m4-5g8c
  'socket.io-adapter': ['2.5.8'], // brings a ws of its own
  'socket.io-parser': ['4.2.7'], // CVE-2026-33151, CVE-2026-69185
  undici: ['7.29.1', '8.12.4'], // CVE-2026-19534, CVE-2026-84961
  ws: ['8.21.0'], // CVE-2026-45736, CVE-2026-48779
}

/** Packages with many vulnerabilities in the past: `@fastify/busboy` and `yazl` do what they would do. */
const unwanted = ['multer', 'tar']

const numbers = (version: string) => version.split('-')[0]!.split('.').map(Number) as [number, number, number]

/** Compares by major, minor and patch; a version before its release counts as that release. */
function isAtLeast(version: string, floor: string): boolean {
  const [a, b] = [numbers(version), numbers(floor)]
  const at = a.findIndex((number, nth) => number !== b[nth])
  return at === -1 || a[at]! > b[at]!
}

/** Several floors stand for one major version each; a higher major version than all of them is good. */
function isSafe(version: string, floorsOfOne: string[]): boolean {
  const [major] = numbers(version)
  const own = floorsOfOne.find(floor => numbers(floor)[0] === major)
  return own ? isAtLeast(version, own) : floorsOfOne.every(floor => numbers(floor)[0] < major)
}

/** What only bench/package.json asks for. */
const peers = Object.keys(read('bench/package.json').dependencies)
const benchFiles = readdirSync(path.join(root, 'bench'), { recursive: true, encoding: 'utf8' }).filter(
  name => /\.(ts|mjs)$/.test(name) && !name.includes('node_modules'),
)
const importsPeer = (name: string) => {
  const text = readFileSync(path.join(root, 'bench', name), 'utf8')
  return peers.some(peer => text.includes(`from '${peer}`))
}

describe('the packages of others', () => {
  it('[SB1] compares versions as numbers, by major version', () => {
    assert.ok(isSafe('10.0.0', ['9.9.9']) && isSafe('6.6.12', ['6.6.7']) && isSafe('3.2.3', ['3.2.3', '4.0.1']))
    for (const old of ['3.2.2', '4.0.0', '2.9.9']) assert.ok(!isSafe(old, ['3.2.3', '4.0.1']), old)
    assert.ok(!isSafe('0.35.3', ['0.35.4']))
  })

  it('[SB1] are above the versions with known vulnerabilities, in every copy that a server runs', () => {
    const bad = locked.filter(({ name, version, dev }) => !dev && floors[name] && !isSafe(version, floors[name]))
    assert.deepEqual(
      bad.map(({ folder, version }) => `${folder} ${version}`),
      [],
    )
    const used = ['engine.io', 'socket.io-parser', 'ws', 'koa', 'sharp', 'jws', '@mikro-orm/core']
    for (const name of used) assert.ok(locked.some(one => one.name === name && !one.dev) && floors[name], name)
  })

  it('[SB1] have none of those that the project does without', () => {
    assert.deepEqual(
      locked.filter(({ name, dev }) => !dev && unwanted.includes(name)).map(({ folder }) => folder),
      [],
    )
  })

  it('[SB2] come from the registry, with a checksum of SHA-512 each', () => {
    for (const one of [lock, benchLock]) {
      assert.equal(one.lockfileVersion, 3)
      const bad = packagesOf(one).filter(
        ({ resolved, integrity, link }) =>
          link || !integrity?.startsWith('sha512-') || !(resolved ?? registry).startsWith(registry),
      )
      assert.deepEqual(
        bad.map(({ folder, resolved }) => `${folder} ${resolved}`),
        [],
      )
    }
  })

  it('[SB2] are asked for by one exact version, which the lockfile has', () => {
    for (const [folder, one] of [['', lock] as const, ['bench/', benchLock] as const]) {
      const { dependencies, devDependencies, optionalDependencies, overrides } = read(`${folder}package.json`)
      const wanted = { ...dependencies, ...devDependencies, ...optionalDependencies }
      const wrong = [...Object.entries(wanted), ...Object.entries(overrides)].filter(
        ([name, version]) =>
          !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)) ||
          one.packages[`node_modules/${name}`]?.version !== version,
      )
      assert.deepEqual(wrong, [])
    }
  })

  it('[SB3] of the peers come with the product only if it needs them itself, and the compiler needs none', () => {
    assert.ok(peers.length > 0 && benchFiles.some(importsPeer), 'the search finds nothing')
    assert.deepEqual(
      peers.filter(peer => lock.packages[`node_modules/${peer}`]),
      [],
    )
    assert.deepEqual(
      benchFiles.filter(name => name.endsWith('.ts') && importsPeer(name)),
      [],
    )
  })

  it('[SB3] of the peers have the version of the product where a bench imports the same one', () => {
    const texts = benchFiles.map(name => readFileSync(path.join(root, 'bench', name), 'utf8')).join('\n')
    const imported = new Set([...texts.matchAll(/from '((?:@[\w-]+\/)?[\w.-]+)/g)].map(([, name]) => name!))
    const shared = [...imported]
      .flatMap(name => [`node_modules/${name}`, `node_modules/@types/${name}`])
      .filter(folder => lock.packages[folder] && benchLock.packages[folder])
    assert.ok(shared.includes('node_modules/koa'), 'the search finds nothing')
    assert.deepEqual(
      shared.filter(folder => lock.packages[folder]!.version !== benchLock.packages[folder]!.version),
      [],
    )
  })

  it('[SB2] run programs when they are installed only where package.json allows it', () => {
    const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> }
    const installing = Object.entries(lock.packages).filter(([, entry]) => (entry as any).hasInstallScript)
    const unnamed = installing
      .map(([folder]) => folder.split('node_modules/').at(-1)!)
      .filter(name => !(name in allowScripts))
    assert.deepEqual(unnamed, [])
    // Installed with --ignore-scripts (bench/peers/install.ts).
    assert.deepEqual(
      packagesOf(benchLock).filter(entry => (entry as any).hasInstallScript),
      [],
    )
  })
})
