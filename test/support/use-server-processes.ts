import { testDatabase, type TestDatabase } from './postgres.ts'
import { createPlayground, type Playground, type ServerProcess } from './server-process.ts'
import { password } from './server.ts'

/** The administrator of these servers. */
export const admin = { email: 'admin@example.com', password }

export interface ServerProcesses {
  readonly database: TestDatabase
  readonly dataDir: string
  /** Resolves when it serves. Several may run at once. */
  start(): Promise<{ server: ServerProcess; url: string }>
}

/** For the tests of a group: a database, a data folder, and servers on them that are processes of their own. */
export function useServerProcesses(): ServerProcesses {
  let database: TestDatabase
  let place: Playground
  before(async () => {
    database = await testDatabase()
    place = await createPlayground()
  })
  after(async () => {
    await place.remove()
    await database.drop()
  })
  return {
    get database() {
      return database
    },
    get dataDir() {
      return place.dataDir
    },
    start: async () => {
      const server = place.start({
        DATABASE_URL: database.url,
        DATABASE_MIGRATION_URL: database.ownerUrl,
        JWT_SECRET: 'a secret for tests that has more than 32 characters',
        ADMIN_EMAIL: admin.email,
        ADMIN_PASSWORD: admin.password,
      })
      return { server, url: await server.ready() }
    },
  }
}
