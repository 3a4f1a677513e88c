import { randomBytes } from 'node:crypto'
import type { User } from '../../contract/index.ts'
import type { Accounts } from '../features/accounts/index.ts'

export type NewAccount = (account: {
  email: string
  username: string
  name?: string
  /** Without a password nobody can sign in until an administrator resets it. */
  password?: string
}) => Promise<User>

export const randomPassword = () => randomBytes(15).toString('base64url')

/** Registers an account by the rules for everybody, and ends the session that registering opens. */
export const createNewAccount =
  ({ accounts, authenticate }: Accounts): NewAccount =>
  async ({ password = randomPassword(), ...account }) => {
    const from = { requestId: 'cli', address: '127.0.0.1', userAgent: 'Taskwire CLI' }
    const { access_token, user } = await accounts.register(
      { ...from, person: null, sessionId: null },
      { ...account, password },
    )
    const { sessionId } = await authenticate(access_token)
    await accounts.logout({ ...from, person: user, sessionId }, {})
    return user
  }
