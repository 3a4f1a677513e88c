import { accounts, adminUsers, people } from './accounts.ts'
import { eventLog } from './events.ts'
import { health } from './health.ts'
import { projects } from './projects.ts'
import { tasks } from './tasks.ts'

/** Every operation of the REST API, by resource. */
export const operations = { accounts, people, adminUsers, projects, tasks, eventLog, health } as const

export * from './accounts.ts'
export * from './define.ts'
export * from './errors.ts'
export * from './events.ts'
export * from './health.ts'
export * from './limits.ts'
export * from './primitives.ts'
export * from './projects.ts'
export * from './rooms.ts'
export * from './socket.ts'
export * from './tasks.ts'
