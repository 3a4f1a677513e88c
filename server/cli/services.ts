import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { normalEmail, type User } from '../../contract/index.ts'
import { loadSecrets } from '../embedded/data-dir.ts'
import { openDatabase } from '../adapters/database.ts'
import { migrate } from '../adapters/database-migration.ts'
import { type Config, loadConfig } from '../config.ts'
import { createEvents } from '../events/index.ts'
import { type Accounts, createAccounts } from '../features/accounts/index.ts'
import { createDemo } from './demo/index.ts'
import { noJobs } from '../features/jobs/index.ts'
import { createProjects } from '../features/projects/index.ts'
import { createLogger } from '../kernel/logger.ts'
import { noMail } from '../ports/mail.ts'
import { noPeers } from '../ports/peers.ts'
import type { SessionScope } from '../kernel/scope.ts'
import { findDatabase } from './find-database.ts'
import { createNewAccount, type NewAccount } from './new-account.ts'

export interface Services {
  accounts: Accounts
  demo: ReturnType<typeof createDemo>
  newAccount: NewAccount
  /** The first administrator, created when there is none, as at a start of the server. */
  admin(): Promise<{ user: User; password: string | null }>
  findUser(email: string): Promise<User | undefined>
}

export function readConfig(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return loadConfig(process.env)
}

/**
 * The server's services without its doors. A running server on the same database delivers the events that they record
 * within a fraction of a second; otherwise the next server that starts does.
 */
export async function withServices<T>(work: (services: Services) => Promise<T>): Promise<T> {
  const config = readConfig()
  // Standard output is reserved for the result of the command.
  const log = createLogger({ level: 'warn', pretty: false, destination: process.stderr })
  const found = await findDatabase(config, log)
  try {
    const database = openDatabase(await migrate(found, log), log)
    try {
      const { command } = createEvents({ database, log, peers: noPeers })
      const jwtSecret = config.jwtSecret ?? (await loadSecrets(config.dataDir)).jwtSecret
      // Whoever can run this command can create accounts, even when registration is closed.
      const open = { ...config, jwtSecret, registration: 'open' as const }
      const accounts = createAccounts({ database, command, config: open, jobs: noJobs, mail: noMail, log })
      const newAccount = createNewAccount(accounts)
      const projects = createProjects({ database, command })
      const findUser = createFindUser(accounts)
      return await work({
        accounts,
        newAccount,
        demo: createDemo({ database, command, projects, people: accounts.people, newAccount }),
        findUser,
        admin: async () => {
          const { email, password } = await accounts.ensureAdmin({
            email: config.adminEmail,
            password: config.adminPassword,
          })
          return { user: (await findUser(email))!, password }
        },
      })
    } finally {
      await database.close()
    }
  } finally {
    await found.letGo()
  }
}

/** The scope of a user at the keyboard of this machine who acts as a person. */
export const scopeOf = (person: User): SessionScope => ({
  person,
  sessionId: randomUUID(),
  requestId: 'cli',
  address: '127.0.0.1',
  userAgent: 'Taskwire CLI',
})

const createFindUser =
  ({ adminUsers }: Accounts) =>
  async (given: string): Promise<User | undefined> => {
    const email = normalEmail(given) ?? given
    const { results } = await adminUsers.list(undefined as never, { search: email, page_size: 100 })
    return results.find(user => user.email.toLowerCase() === email.toLowerCase())
  }
