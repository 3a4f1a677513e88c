export { type Audited, audit } from './audit.ts'
export { auditExport } from './audit.export.ts'
export { auditPersonal } from './audit.personal.ts'
export { createAuditLog } from './audit.service.ts'
