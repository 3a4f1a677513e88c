import { createInterface } from 'node:readline/promises'
import { existsSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type BackupType, backupTypes } from '../../contract/index.ts'
import { takeOver, createBackupRecords } from '../features/backups/index.ts'
import { StartError } from '../kernel/start-error.ts'
import type { Going } from '../ports/backups.ts'
import { type BackupServices, withBackups } from './backup-services.ts'
import { counted, createProgress } from './progress.ts'
import { readConfig } from './services.ts'
import { verifyBackup } from './verify-backup.ts'

interface Json {
  json?: true
}

/** The commands `backup …`, with the same code as the API. */
export function addBackup(program: Command): void {
  const backup = program.command('backup').description('backups of the data')

  backup
    .command('create')
    .description('make a backup')
    .addOption(new Option('--type <type>', 'what it has').choices([...backupTypes]).default('full'))
    .option('--json', 'print the result as JSON')
    .action((options: Json & { type: BackupType }) => withBackups(services => create(services, options)))

  backup
    .command('list')
    .description('list the backups, newest first')
    .option('--json', 'print the result as JSON')
    .action((options: Json) => withBackups(services => list(services, options)))

  backup
    .command('restore')
    .description('put a backup back: everything that was done since is lost')
    .argument('<backup>', 'the id of a backup, or a file')
    .option('--yes', 'do not ask')
    .option('--json', 'print the result as JSON')
    .action((which: string, options: Json & { yes?: true }) =>
      withBackups(services => restore(services, idOrFile(which), options)),
    )

  backup
    .command('verify')
    .description('put a backup into a throwaway database and check it there')
    .argument('<backup>', 'the id of a backup, or a file')
    .option('--json', 'print the result as JSON')
    .action((which: string, options: Json) => verify(idOrFile(which), options))
}

type Which = { id: number } | { file: string }

function idOrFile(text: string): Which {
  if (/^[1-9]\d{0,15}$/.test(text)) return { id: Number(text) }
  if (existsSync(text)) return { file: text }
  throw new InvalidArgumentError(`There is no file ${text}.`)
}

const print = (json: true | undefined, value: object, text: string) =>
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`)

/** Shows how far the work is; Ctrl-C gives it up in order. */
async function going<T>(work: (going: Going) => Promise<T>): Promise<T> {
  const abort = new AbortController()
  const give = () => abort.abort(new StartError('It was interrupted; nothing has changed.'))
  process.once('SIGINT', give)
  const progress = createProgress()
  try {
    return await work({
      signal: abort.signal,
      report: async (done, total) => progress.show(total > 0 ? `${counted(done)} of ${counted(total)}` : counted(done)),
    })
  } finally {
    progress.end()
    process.off('SIGINT', give)
  }
}

async function create({ command, database, open }: BackupServices, { type, json }: Json & { type: BackupType }) {
  const backups = await open()
  const records = createBackupRecords({ command, database })
  const row = await records.begin(type)
  try {
    const made = await going(how => backups.create(row.key, type, how))
    const done = await records.complete(row.id, made)
    print(json, done, `Backup ${done.id}: ${type}, ${counted(done.size!)} bytes, in ${row.key}`)
  } catch (error) {
    await records.fail(row.id, error instanceof Error ? error.message : String(error))
    throw error
  }
}

async function list({ command, database }: BackupServices, { json }: Json) {
  const all = await createBackupRecords({ command, database }).all()
  const lines = all.map(({ id, type, status, size, created_at, key, error }) =>
    [id, created_at, type, status, size === null ? '' : `${counted(size)} bytes`, error ?? key].join('  '),
  )
  print(json, all, lines.length > 0 ? lines.join('\n') : 'There are no backups.')
}

async function restore(
  { command, database, open }: BackupServices,
  which: Which,
  { yes, json }: Json & { yes?: true },
) {
  const { key, backups, id } = await find({ command, database, open }, which)
  const { type, created_at, release } = await backups.readHead(key)
  process.stderr.write(`A ${type} backup of ${created_at}, made by release ${release}.\n`)
  if (!yes) await confirm()
  const restorer = { backupId: id, jobId: null, personId: null, sessionId: null, address: '127.0.0.1' }
  const result = await going(how =>
    backups.restore({
      ...how,
      key,
      replacing: (tx, found) => takeOver(tx, found, { ...restorer, userAgent: 'Taskwire CLI' }),
    }),
  )
  const { rows, files } = result
  print(json, result, `It is put back: ${counted(rows)} rows, ${counted(files)} files that were gone.`)
}

async function find({ command, database, open }: Pick<BackupServices, 'command' | 'database' | 'open'>, which: Which) {
  if ('file' in which) return { key: 'bk/file', backups: await open(which.file), id: null }
  const row = await createBackupRecords({ command, database }).find(which.id)
  if (row?.status !== 'completed') throw new StartError(`There is no complete backup ${which.id}.`)
  return { key: row.key, backups: await open(), id: row.id }
}

async function confirm(): Promise<void> {
  if (!process.stdin.isTTY) throw new StartError('Everything that was done since is lost. Say so with --yes.')
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await asking.question('Everything that was done since is lost. Type "restore" to go on: ')
  asking.close()
  if (answer.trim() !== 'restore') throw new StartError('Nothing has changed.')
}

async function verify(which: Which, { json }: Json): Promise<void> {
  // Only an id needs the database of the server.
  const from =
    'file' in which ? which : await withBackups(async services => ({ key: (await find(services, which)).key }))
  const result = await going(how => verifyBackup(readConfig(), from, how))
  const { head, rows, files } = result
  print(json, result, `It is good: ${head.type} of ${head.created_at}, ${counted(rows)} rows, ${counted(files)} files.`)
}
