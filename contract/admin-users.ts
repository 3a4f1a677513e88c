import { z } from 'zod'
import { Role, User } from './accounts.ts'
import { defineResource } from './define.ts'
import { Job } from './jobs.ts'
import { limits } from './limits.ts'
import { anyOf, filledText, flagInUrl, id, idInUrl, instant, instantIn, listOf, paging, text } from './primitives.ts'

export const bulkUserActions = ['activate', 'deactivate', 'ban', 'unban', 'verify', 'set_role'] as const

export const BulkUserAction = z
  .strictObject({
    user_ids: z.array(id).min(1).max(limits.bulkIds),
    action: z.enum(bulkUserActions),
    role: Role.optional().describe('For set_role'),
    reason: filledText(limits.auditReason).optional().describe('For the audit log'),
  })
  .refine(({ action, role }) => (action === 'set_role') === (role !== undefined), {
    path: ['role'],
    message: 'belongs to set_role, and set_role needs it',
  })
export type BulkUserAction = z.output<typeof BulkUserAction>

/** What a list of accounts can be narrowed to, as parameters. */
export const adminUserFilters = z.strictObject({
  is_active: flagInUrl.optional(),
  role: anyOf(Role).optional(),
  registration_date_start: instantIn.optional(),
  registration_date_end: instantIn.optional(),
  search: text(limits.search).optional(),
})
export type AdminUserFilters = z.output<typeof adminUserFilters>

export const adminUsers = defineResource({
  operations: {
    list: {
      summary: 'All accounts',
      access: 'admin',
      method: 'get',
      path: '/admin/users',
      query: z.strictObject({ ...paging, ...adminUserFilters.shape }),
      output: listOf(User),
      positioned: true,
    },
    get: {
      summary: 'One account',
      access: 'admin',
      method: 'get',
      path: '/admin/users/:id',
      params: z.strictObject({ id: idInUrl }),
      output: User,
      positioned: true,
    },
    update: {
      summary: 'Change an account; absent fields keep their values',
      access: 'admin',
      method: 'put',
      path: '/admin/users/:id',
      params: z.strictObject({ id: idInUrl }),
      body: z.strictObject({
        role: Role.optional(),
        permissions: z
          .array(
            z
              .string()
              .regex(/^[a-z_]+:[a-z_]+$/, 'must look like "events:publish"')
              .max(60),
          )
          .max(50)
          .optional(),
        is_active: z.boolean().optional(),
        is_verified: z.boolean().optional(),
        tier: z.enum(['free', 'pro']).optional(),
      }),
      output: User,
    },
    resetPassword: {
      summary: 'Create a reset token, which is shown once; all sessions of the account end',
      access: 'admin',
      key: 'never',
      method: 'post',
      path: '/admin/users/:id/reset-password',
      params: z.strictObject({ id: idInUrl }),
      body: z.strictObject({}),
      output: z.object({ reset_token: z.string(), expires_at: instant }),
      status: 200,
    },
    removeTwoFactor: {
      summary: 'Take the second factor from an account whose owner has lost it; all its sessions end',
      access: 'admin',
      key: 'never',
      method: 'delete',
      path: '/admin/users/:id/totp',
      params: z.strictObject({ id: idInUrl }),
      body: z.strictObject({}),
      output: User,
    },
    toggleActive: {
      summary: 'Disable an active account, enable a disabled one',
      access: 'admin',
      method: 'patch',
      path: '/admin/users/:id/toggle-active',
      params: z.strictObject({ id: idInUrl }),
      body: z.strictObject({}),
      output: User,
    },
    bulkAction: {
      summary: 'Apply one action to many accounts; the job’s result names each account for which it failed',
      access: 'admin',
      method: 'post',
      path: '/batch/users/action',
      cost: 10,
      body: BulkUserAction,
      output: Job,
      status: 202,
      envelope: 'The accounts are being changed',
    },
  },
})
