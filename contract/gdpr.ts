import { z } from 'zod'
import { defineResource } from './define.ts'
import { Export } from './export.ts'
import { Job } from './jobs.ts'
import { limits } from './limits.ts'
import { text } from './primitives.ts'

/** What people may ask of whoever keeps data about them (articles 15, 17 and 20 of the GDPR). */
export const gdpr = defineResource({
  operations: {
    exportData: {
      summary: 'Export everything that is kept about the caller, as one archive',
      access: 'user',
      key: 'never',
      method: 'post',
      path: '/gdpr/export-data',
      cost: 10,
      body: z.strictObject({}),
      output: Export,
      status: 202,
      envelope: 'The export has begun',
    },
    erase: {
      summary: 'Close the account at once, and erase it; what its owner wrote for others stays, without their name',
      access: 'user',
      key: 'never',
      method: 'post',
      path: '/gdpr/erase',
      body: z.strictObject({
        password: text(limits.password).optional().describe('Required where the account has one'),
      }),
      output: Job,
      status: 202,
      envelope: 'The account is closed and is being erased',
      errors: ['reauthentication_required'],
    },
  },
})
