export { type Audited, audit } from './audit.ts'
export { createAuditLog } from './audit.service.ts'
