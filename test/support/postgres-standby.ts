import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chooseFreePort } from '../../server/embedded/free-port.ts'
import { preparePostgresBinaries } from '../../server/embedded/postgres-binaries.ts'
import { choosePostgresHome, type PostgresHome } from '../../server/embedded/postgres-home.ts'
import { launchPostgres, type PostgresProcess } from '../../server/embedded/postgres-process.ts'
import { withConnection } from './connection.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { type PostgresControl, quit, signalCluster } from './postgres-control.ts'
import { installedPostgres } from './postgres-programs.ts'

/** A hot standby that streams from a primary. */
export interface PostgresStandby {
  /** The address of the serving role. */
  readonly url: string
  readonly ownerUrl: string
  /** Between the standby and its primary. */
  readonly stream: FaultProxy
  /** Runs SQL as the role that owns the tables. */
  query<R extends object>(text: string): Promise<R[]>
  /** Makes it a primary of its own. */
  promote(): Promise<void>
  /** Immediate shutdown, as in a crash. */
  crash(): Promise<void>
  /** Starts again on the same data, at the same port. */
  start(): Promise<void>
  /** Stops every process of it: connections stay open and nothing is answered. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Runs again, whatever was done. */
  heal(): Promise<void>
  remove(): Promise<void>
}

/** Copies a running primary and starts the copy as its standby. */
export async function startStandby(primary: PostgresControl): Promise<PostgresStandby> {
  const dir = await mkdtemp(path.join(tmpdir(), `taskwire-test-${process.pid}-`))
  const home = await choosePostgresHome(dir)
  const binaries = await preparePostgresBinaries(home, installedPostgres())
  const stream = await startFaultProxy(primary.port)
  await copyCluster(primary, home)
  await follow(primary, home, stream.port)
  let port = await chooseFreePort(0)
  const at = (url: string) => Object.assign(new URL(url), { port: String(port) }).href
  const query = <R extends object>(text: string) => ask<R>(at(primary.ownerUrl), text)
  const launch = () =>
    launchPostgres({
      home,
      binaries,
      port,
      durable: true,
      ownDefaults: installedPostgres() !== undefined,
      probe: async () => void (await query('select')),
    })
  // Another program may have taken the port meanwhile.
  let running: PostgresProcess | null = await launch().catch(async () => {
    port = await chooseFreePort(0)
    return launch()
  })
  const crash = async () => {
    await quit(home.data)
    await running?.stop()
    running = null
  }
  const start = async () => void (running ??= await launch())
  const thaw = () => signalCluster(home.data, 'SIGCONT')
  return {
    url: at(primary.url),
    ownerUrl: at(primary.ownerUrl),
    stream,
    query,
    promote: async () => void (await query('select pg_promote()')),
    crash,
    start,
    freeze: () => signalCluster(home.data, 'SIGSTOP'),
    thaw,
    heal: () => (running ? thaw() : start()),
    remove: async () => {
      await thaw().catch(() => {})
      await crash().catch(() => {})
      await stream.close()
      for (const folder of [dir, home.base]) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A base backup: the files of a running cluster, which are consistent from the end of the backup on. */
async function copyCluster(primary: PostgresControl, { data }: PostgresHome): Promise<void> {
  await withConnection(primary.ownerUrl, async owner => {
    await owner.query(`select pg_backup_start('standby', true)`)
    // Files may vanish during the copy. Owners and modes stay, because PostgreSQL asks for them.
    const copy = spawn('cp', ['-a', primary.data, data], { stdio: 'ignore' })
    await once(copy, 'exit')
    const { rows } = await owner.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)')
    await writeFile(path.join(data, 'backup_label'), rows[0]!.labelfile)
  })
}

async function follow(primary: PostgresControl, { data, user }: PostgresHome, port: number): Promise<void> {
  const { username, password } = new URL(primary.ownerUrl)
  const settings = [
    `primary_conninfo = 'host=127.0.0.1 port=${port} user=${username} password=${password}'`,
    `wal_retrieve_retry_interval = 100`,
  ]
  await appendFile(path.join(data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`)
  await writeFile(path.join(data, 'standby.signal'), '')
  for (const left of ['postmaster.pid', 'postmaster.opts']) await rm(path.join(data, left), { force: true })
  if (user.uid === undefined || user.gid === undefined) return
  for (const file of ['backup_label', 'standby.signal']) await chown(path.join(data, file), user.uid, user.gid)
}

const ask = <R extends object>(url: string, text: string): Promise<R[]> =>
  withConnection(
    { connectionString: url, connectionTimeoutMillis: 3_000 },
    async connection => (await connection.query<R>(text)).rows,
  )
