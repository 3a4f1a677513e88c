import { z } from 'zod'
import { defineResource } from './define.ts'
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

const filters = z.strictObject({
  user_id: anyOf(idInUrl).optional(),
  action: anyOf(text(limits.auditName)).optional(),
  resource: anyOf(text(limits.auditName)).optional(),
  created_at_start: instantIn.optional(),
  created_at_end: instantIn.optional(),
})
export type AuditFilters = z.output<typeof filters>

export const audit = defineResource({
  operations: {
    list: {
      summary: 'Who changed what in the administration, and from where; newest first',
      access: 'admin',
      method: 'get',
      path: '/audit/logs',
      query: z.strictObject({ ...paging, ...filters.shape }),
      output: listOf(AuditEntry),
      envelope: 'Audit log',
      positioned: true,
    },
  },
})
