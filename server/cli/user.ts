import type { Command } from 'commander'
import { accounts } from '../../contract/index.ts'
import { parse } from '../kernel/bind.ts'
import { StartError } from '../kernel/start-error.ts'
import { randomPassword } from './new-account.ts'
import { scopeOf, withServices } from './services.ts'

interface CreateOptions {
  email: string
  username?: string
  name?: string
  password?: string
  admin?: true
}

/** The commands `user …`: accounts, for people with access to the machine. */
export function addUser(program: Command): void {
  const user = program.command('user').description('accounts')

  user
    .command('create')
    .description('make an account; without a password one is made up and printed')
    .requiredOption('--email <email>')
    .option('--username <username>', 'default: what stands before the @')
    .option('--name <name>')
    .option('--password <password>')
    .option('--admin', 'make it an administrator')
    .action((options: CreateOptions) => create(options))

  user
    .command('reset-password')
    .description('end all sessions of an account and print a token for a new password, good for an hour')
    .argument('<email>')
    .action((email: string) => resetPassword(email))

  user
    .command('remove-second-factor')
    .description('let somebody who has lost their authenticator app sign in with the password alone; all sessions end')
    .argument('<email>')
    .action((email: string) => removeSecondFactor(email))
}

async function removeSecondFactor(email: string): Promise<void> {
  await withServices(async ({ accounts: { adminUsers }, findUser }) => {
    const user = await findUser(email)
    if (!user) throw new StartError(`There is no account ${email}.`)
    if (!user.two_factor) throw new StartError(`${user.email} has no second factor.`)
    await adminUsers.removeTwoFactor(scopeOf(user), { id: user.id })
    process.stdout.write(`${user.email} signs in with the password alone now. All sessions have ended.\n`)
  })
}

async function create({ admin, email, username = usernameOf(email), name, password }: CreateOptions): Promise<void> {
  const account = { email, username, password: password ?? randomPassword(), ...(name !== undefined && { name }) }
  const parsed = parse(accounts.operations.register.body, account)
  await withServices(async ({ accounts: { adminUsers }, newAccount }) => {
    const user = await newAccount(parsed)
    if (admin) await adminUsers.update(scopeOf(user), { id: user.id, role: 'admin', is_verified: true })
    const kind = admin ? 'Administrator' : 'Account'
    const secret = password === undefined ? `, password ${account.password} (shown only now)` : ''
    process.stdout.write(`${kind} ${user.email}, username ${user.username}${secret}\n`)
  })
}

async function resetPassword(email: string): Promise<void> {
  await withServices(async ({ accounts: { adminUsers }, findUser }) => {
    const user = await findUser(email)
    if (!user) throw new StartError(`There is no account ${email}.`)
    const { reset_token, expires_at } = await adminUsers.resetPassword(scopeOf(user), { id: user.id })
    process.stdout.write(
      [
        `All sessions of ${user.email} have ended. A new password can be set until ${expires_at} with this token:`,
        '',
        `  ${reset_token}`,
        '',
        'POST /api/v1/auth/reset-password {"token": "…", "new_password": "…"}',
        '',
      ].join('\n'),
    )
  })
}

/** A username has letters, digits, dots, dashes and underscores, and begins and ends with a letter or a digit. */
const usernameOf = (email: string) =>
  email
    .slice(0, Math.max(0, email.lastIndexOf('@')))
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
