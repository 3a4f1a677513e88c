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
    hash: z
      .string()
      .describe('SHA-256 of this entry and the hash before it in the chain; empty until it is linked, within seconds'),
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
      summary: 'Who signed in, changed accounts, members and settings, and from where; newest first',
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
      cost: 10,
      body: z.strictObject({ format: z.enum(['csv', 'json']), ...inBody(auditFilters).shape }),
      output: Export,
      status: 202,
      envelope: 'The export has begun',
    },
    verify: {
      summary:
        'Whether the hash of every entry fits its content and the entry before it, and the signatures fit the hashes',
      access: 'admin',
      method: 'get',
      path: '/audit/verify',
      output: z.object({
        ok: z.boolean(),
        checked: z.int().describe('The number of entries that fit; without a broken one, all'),
        first_broken_id: id
          .optional()
          .describe(
            'The first entry whose hash does not fit or that is in no chain: it was changed, or it or the one before it was removed',
          ),
        last: z
          .object({ id, hash: z.string() })
          .nullable()
          .describe('The last entry that fits. Kept elsewhere, it shows later whether the end was rewritten'),
        heads: z
          .object({
            signed: z.int().describe('How many places of the chain are signed'),
            of_other_keys: z.int().describe('How many of them another JWT_SECRET has signed; those cannot be checked'),
            first_broken_seq: z
              .int()
              .nullable()
              .describe('The first signed place that is not there, has another hash, or whose signature does not fit'),
          })
          .describe('Signatures of the chain. They show whether it was rewritten, or its end removed'),
      }),
      envelope: 'Audit log checked',
    },
  },
})
