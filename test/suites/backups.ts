import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Backup, BackupType, Job, RestoreConfirmation } from '../../contract/index.ts'
import { eventually } from '../support/eventually.ts'
import { type Answer, type Client, expect, type TestServer } from '../support/server.ts'

type Asking = Pick<Client, 'rest'>

const slowly = { within: 60_000, every: 50 }

/** Makes a backup and waits for it. */
export async function makeBackup(admin: Asking, type: BackupType = 'full'): Promise<Backup> {
  const { id } = (await expect(admin.rest('POST', '/backup/create', { type }), 202)).body.data as Backup
  return eventually(async () => {
    const found = (await listBackups(admin)).find(one => one.id === id)!
    assert.notEqual(found.completed_at, null)
    return found
  }, slowly)
}

export const listBackups = async (admin: Asking): Promise<Backup[]> =>
  (await expect(admin.rest('GET', '/backup/list?page_size=100'), 200)).body.data.results

export const askRestore = async (admin: Asking, backup_id: number): Promise<RestoreConfirmation> =>
  (await expect(admin.rest('POST', '/backup/restore', { backup_id }), 200)).body.data

/** Confirms a restore, which then is a job. */
export async function beginRestore(admin: Asking, backup_id: number): Promise<Job> {
  const { confirmation_token } = await askRestore(admin, backup_id)
  return (await expect(admin.rest('POST', '/backup/restore', { backup_id, confirmation_token }), 202)).body.data
}

/** The job, as soon as it has ended and calls are answered again. */
export const jobEnded = (admin: Asking, id: number): Promise<Job> =>
  eventually(async () => {
    const answer: Answer = await admin.rest('GET', `/batch/status?id=${id}`)
    assert.equal(answer.status, 200)
    assert.notEqual(answer.body.data.completed_at, null)
    return answer.body.data
  }, slowly)

/** Puts a backup back. */
export async function restore(admin: Asking, backup_id: number): Promise<Job> {
  const { id } = await beginRestore(admin, backup_id)
  const job = await jobEnded(admin, id)
  assert.equal(job.status, 'completed', job.error ?? '')
  return job
}

/** The rows of all tables that a backup has, so that two states of a database can be compared. */
export async function contentOf(server: Pick<TestServer, 'query'>): Promise<Record<string, unknown[]>> {
  const tables = await server.query<{ name: string }>(`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and not relispartition order by 1`)
  const content: Record<string, unknown[]> = {}
  for (const { name } of tables) {
    if (passing.has(name)) continue
    const rows = await server.query<{ row: unknown }>(
      `select to_json(t) as row from "${name}" t order by to_json(t)::text`,
    )
    content[name] = rows.map(({ row }) => ({ ...(row as object), last_seen_at: null }))
  }
  return content
}

/** What a restore does not set back. */
const passing = new Set([
  'alerts',
  'api_key_calls',
  'api_key_usage',
  'api_keys',
  'audit_chain',
  'audit_heads',
  'audit_log',
  'audit_unsealed',
  'backups',
  'erasures',
  'exports',
  'health_checks',
  'instances',
  'jobs',
  'log_head',
  'media_removals',
  'mikro_orm_migrations',
  'notifications',
  'outbox',
  'password_resets',
  'refresh_tokens',
  'restore_confirmations',
  'sessions',
  'statistics_periods',
  'statistics_samples',
  'webhook_deliveries',
])

/** All files in the folder of backups, unfinished ones too. */
export const backupFiles = async ({ dataDir }: Pick<TestServer, 'dataDir'>): Promise<string[]> =>
  (await readdir(path.join(dataDir, 'backups'), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
