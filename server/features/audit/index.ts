export { type Audited, audit } from './audit.ts'
export { carryAudit } from './audit.restored.ts'
export { createAuditLog } from './audit.service.ts'
