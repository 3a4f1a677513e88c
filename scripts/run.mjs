// Every npm script lands here. Plain JavaScript without dependencies, for any Node from 18 on. It
//   1. installs node_modules when they are missing or stale,
//   2. runs the rest of the command line on Node 24, a pinned optional dependency (node-<platform>-<arch>).
// It is no prestart/pretest script, because npm skips those under `ignore-scripts=true`.
import { spawn } from 'node:child_process'
import { closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const modules = path.join(root, 'node_modules')
const { platform, arch, env } = process
const parent = process.ppid
// npm puts node_modules/.bin first on PATH, which may contain a `node` of ours that is about to be replaced.
const PATH = (env.PATH ?? '')
  .split(path.delimiter)
  .filter(entry => !entry.startsWith(modules))
  .join(path.delimiter)

function readJson(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8'))
  } catch {
    return null
  }
}

/**
 * Returns a description of what is outdated, or undefined. Compares package-lock.json with each package on disk: npm's
 * own hidden lockfile is also rewritten by `npm i --package-lock-only`, and then wrongly says that the tree is up to
 * date. 0.2 s for 566 packages.
 */
function findStale() {
  const wanted = readJson('package-lock.json')?.packages
  if (!wanted || !readJson('node_modules/.package-lock.json')) return 'node_modules is missing or incomplete'
  for (const [folder, entry] of Object.entries(wanted)) {
    if (!folder || entry.link) continue
    const found = readJson(`${folder}/package.json`)?.version
    if (!found && (entry.optional || entry.devOptional || entry.peer)) continue
    if (found !== entry.version) return `${folder} is ${found ?? 'absent'}, package-lock.json wants ${entry.version}`
  }
}

/**
 * Only one installer at a time. The kernel frees the lock when its holder dies for whatever reason; null while it is
 * taken.
 */
async function tryLock() {
  const name = path.join(root, '.setup').replace(/[\\/]/g, '_').slice(-90)
  if (platform === 'darwin') {
    const exclusive = 0x20 // O_EXLOCK, which Node does not define
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | exclusive
    try {
      const file = openSync(path.join(tmpdir(), name), flags)
      return () => closeSync(file)
    } catch (error) {
      if (error.code === 'EAGAIN') return null
      throw error
    }
  }
  const server = net.createServer()
  return new Promise((resolve, reject) => {
    server.once('error', error => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)))
    server.listen(platform === 'win32' ? `\\\\.\\pipe\\${name}` : `\0${name}`, () => resolve(() => server.close()))
  })
}

function npmCi() {
  // NODE_ENV=production or a user's omit= must not leave out packages that we need. stdout belongs to the command that
  // follows.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const options = {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...env, PATH, NODE_ENV: '' },
    shell: platform === 'win32',
  }
  return new Promise(resolve => {
    spawn('npm', args, options)
      .on('exit', code => resolve(code === 0))
      .on('error', () => resolve(false))
  })
}

async function install() {
  let unlock = await tryLock()
  while (!unlock) {
    await sleep(500)
    unlock = await tryLock()
  }
  let stale = findStale()
  for (let attempt = 0; stale && attempt < 2; attempt++) {
    console.error(`[setup] ${stale}: running npm ci (about half a minute)`)
    if (!(await npmCi())) await sleep(2000)
    if (process.ppid !== parent) process.exit(143)
    stale = findStale()
  }
  unlock()
  if (!stale) return
  console.error('[setup] npm ci failed, see above. Is the registry reachable (npm config get registry)?')
  process.exit(1)
}

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const bundled = path.join(modules, `node-${platform}-${arch}`, 'bin', 'node')
  if (existsSync(bundled)) return bundled
  console.error(
    `[setup] Node 24 or newer is needed; this is ${process.version}, and there is none for ${platform}-${arch} in node_modules.`,
  )
  process.exit(1)
}

if (findStale()) await install()
const node = findNode()
// V8 would begin with a much smaller space for young objects and collect it more often: that cost a request a tenth more
// processor time (bench/rest). NODE_OPTIONS does not take this flag.
const child = spawn(node, ['--min-semi-space-size=8', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  // Node's compiled form of our sources, without types, is cached: every start after the first one is a second faster.
  // glibc reserves memory for each thread, and V8 for young objects. With these limits the process uses 40 MB less, and
  // even less under load, at no cost in speed (bench/upload, bench/rest). Values that the caller has set take
  // precedence.
  env: {
    MALLOC_ARENA_MAX: '2',
    // Blocks of 64 KiB and more, such as pieces of answers and bodies, are returned to the system when they are freed.
    MALLOC_MMAP_THRESHOLD_: '65536',
    MALLOC_TRIM_THRESHOLD_: '65536',
    NODE_COMPILE_CACHE: path.join(modules, '.cache', 'node'),
    ...env,
    NODE_OPTIONS: `--max-semi-space-size=8 ${env.NODE_OPTIONS ?? ''}`,
    PATH: path.dirname(node) + path.delimiter + env.PATH,
  },
})
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
// In a terminal Ctrl-C has already reached the child.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
// npm -> sh -> this: a killed npm does not always pass the signal on, so the end of the parent process is detected too.
if (env.npm_lifecycle_event) setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1000).unref()
child.on('error', error => {
  console.error(`[setup] ${node} could not be started: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  if (!signal) process.exit(code ?? 1)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})
