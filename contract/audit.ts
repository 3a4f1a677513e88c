import { z } from 'zod'
import { defineResource } from './define.ts'
import { Export } from './export.ts'
import { inBody } from './filter-in-body.ts'
import { limits } from './limits.ts'
import { anyOf, id, idInUrl, instant, instantIn, listOf, paging, text } from './primitives.ts'

export const AuditEntry = z
  .object({
    id,
    user_id: id.nullable().describe('Who did it; null for the system'),
    action: z.string().describe('What was done: user.updated'),
    resource: z.string().describe('The kind of the changed thing'),
    resource_id: z.union([id, z.string()]).nullable(),
    details: z.record(z.string(), z.unknown()),
    ip_address: z.string().nullable(),
    user_agent: z.string().nullable(),
    created_at: instant,
    hash: z.string().describe('SHA-256 of this entry and the hash of the entry before it'),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.output<typeof AuditEntry>

/** What the audit log can be narrowed to, as parameters. */
export const auditFilters = z.strictObject({
  user_id: anyOf(idInUrl).optional(),
  action: anyOf(text(limits.auditName)).optional(),
  resource: anyOf(text(limits.auditName)).optional(),
  created_at_start: instantIn.optional(),
  created_at_end: instantIn.optional(),
})
export type AuditFilters = z.output<typeof auditFilters>

export const audit = defineResource({
  operations: {
    list: {
      summary: 'Who changed what in the administration, and from where; newest first',
      access: 'admin',
      method: 'get',
      path: '/audit/logs',
      query: z.strictObject({ ...paging, ...auditFilters.shape }),
      output: listOf(AuditEntry),
      envelope: 'Audit log',
      positioned: true,
    },
    export: {
      summary: 'Export the audit log as a file',
      access: 'admin',
      method: 'post',
      path: '/audit/export',
      body: z.strictObject({ format: z.enum(['csv', 'json']), ...inBody(auditFilters).shape }),
      output: Export,
      status: 202,
      envelope: 'The export has begun',
    },
    verify: {
      summary: 'Whether the hash of every entry fits its content and the entry before it',
      access: 'admin',
      method: 'get',
      path: '/audit/verify',
      output: z.object({
        ok: z.boolean(),
        checked: z.int().describe('The number of entries that fit; without a broken one, all'),
        first_broken_id: id
          .optional()
          .describe('The first entry whose hash does not fit: it was changed, or one before it was removed'),
        last: z
          .object({ id, hash: z.string() })
          .nullable()
          .describe('The last entry that fits. Kept elsewhere, it shows later whether the end was rewritten'),
      }),
      envelope: 'Audit log checked',
    },
  },
})
