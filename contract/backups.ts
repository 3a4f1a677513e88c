import { z } from 'zod'
import { defineResource } from './define.ts'
import { Job } from './jobs.ts'
import { id, instant, listOf, paging } from './primitives.ts'

export const backupTypes = ['full', 'database', 'users', 'media'] as const
export const BackupType = z.enum(backupTypes)
export type BackupType = z.output<typeof BackupType>

export const backupStatuses = ['queued', 'running', 'completed', 'failed'] as const
export type BackupStatus = (typeof backupStatuses)[number]

/** A copy of the data at one moment, encrypted, in one file. */
export const Backup = z
  .object({
    id,
    type: BackupType.describe('full: everything; database: all rows; users: accounts; media: files and their rows'),
    status: z.enum(backupStatuses),
    size: z.int().nullable().describe('Bytes of the file; null until it is complete'),
    checksum: z.string().nullable().describe('SHA-256 of the file; null until it is complete'),
    created_at: instant,
    completed_at: instant.nullable(),
    error: z.string().nullable().describe('Why it failed'),
    job_id: id.nullable().describe('The job that makes it; null when a command made it'),
    is_scheduled: z.boolean().describe('Made by the schedule, and removed by it when there are newer ones'),
  })
  .meta({ id: 'Backup' })
export type Backup = z.output<typeof Backup>

/** What a restore would do, for a person who has to confirm it. */
export const RestoreSummary = z.object({
  backup_id: id,
  type: BackupType,
  taken_at: instant.describe('The data will be as they were at this moment'),
  schema: z.string().describe('The last migration of that time'),
  warnings: z.array(z.string()).describe('What will be lost or end'),
})
export type RestoreSummary = z.output<typeof RestoreSummary>

export const RestoreConfirmation = z
  .object({
    confirmation_token: z.string().describe('Good once, for this backup and this administrator'),
    expires_at: instant,
    summary: RestoreSummary,
  })
  .meta({ id: 'RestoreConfirmation' })
export type RestoreConfirmation = z.output<typeof RestoreConfirmation>

export const backups = defineResource({
  operations: {
    create: {
      summary: 'Make a backup; a job does it',
      access: 'admin',
      method: 'post',
      path: '/backup/create',
      body: z.strictObject({ type: BackupType }),
      output: Backup,
      status: 202,
      envelope: 'The backup is being made',
    },
    list: {
      summary: 'Backups, newest first',
      access: 'admin',
      method: 'get',
      path: '/backup/list',
      query: z.strictObject(paging),
      output: listOf(Backup),
      envelope: 'Backups',
    },
    restore: {
      summary: 'Put a backup back, in two steps: the first call answers with a token, the second one confirms with it',
      access: 'admin',
      key: 'never',
      method: 'post',
      path: '/backup/restore',
      body: z.strictObject({ backup_id: id, confirmation_token: z.string().min(1).max(200).optional() }),
      output: z.union([RestoreConfirmation, Job]),
      alsoStatus: 202,
      envelope: 'The restore',
      errors: ['conflict', 'not_found'],
    },
  },
})
