import { defineResource } from './define.ts'
import { HealthReport } from './health.ts'

export const monitoring = defineResource({
  operations: {
    systemHealth: {
      summary: 'Health of each part of the system',
      access: 'public',
      method: 'get',
      path: '/system/health',
      output: HealthReport,
      envelope: 'System health',
    },
  },
})
