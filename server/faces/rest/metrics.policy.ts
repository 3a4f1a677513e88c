import { type Action, isAdministrator, lacking } from '../../kernel/can.ts'

const permission = 'metrics:read'

/** To read the metrics with credentials: whoever has the permission, and administrators from their addresses. */
export const readMetrics: Action<null> = {
  keyNeeds: () => [permission],
  // An administrator who once got the permission is an administrator all the same.
  who: person => !isAdministrator(person) && (person.permissions ?? []).includes(permission),
  admins: 'fromTheirAddresses',
  otherwise: () => lacking(permission),
}
