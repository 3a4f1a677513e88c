/** The parts of the operations, by their addresses. Apart from the views, which are loaded when somebody opens them. */
export const operationsPlaces = [
  { path: '/operations', name: 'People' },
  { path: '/operations/system', name: 'System' },
  { path: '/operations/flags', name: 'Flags' },
  { path: '/operations/backups', name: 'Backups' },
  { path: '/operations/jobs', name: 'Jobs' },
  { path: '/operations/webhooks', name: 'Webhooks' },
  { path: '/operations/audit', name: 'Audit log' },
] as const

export const isOperations = (path: string) => operationsPlaces.some(place => place.path === path)

export const operationsName = (path: string) =>
  operationsPlaces.find(place => place.path === path)?.name ?? 'Operations'
