import { isTaskwireError, type User } from '../../../sdk/index.ts'
import { client } from '../lib/client.ts'
import type { Page } from '../lib/page.ts'
import { replacePath } from '../lib/router.ts'
import { createStore } from '../lib/store.ts'
import { createPage } from './create-page.ts'

export type Account =
  | { at: 'unknown' }
  | { at: 'unreachable' }
  | { at: 'signed-out'; why?: string }
  | { at: 'signed-in'; user: User; page: Page }

export const accountStore = createStore<Account>({ at: 'unknown' })

const reasons: Record<string, string> = {
  account_erased: 'Your account is closed, and what is kept about you is being erased.',
  session_ended: 'This session was ended. Sign in again to go on.',
  account_disabled: 'This account is disabled. Ask an administrator.',
  token_expired: 'Your session has expired. Sign in again to go on.',
}

/** While an account is being erased, why the session ended: which is only known when that has been answered. */
let heldBack: { reason?: string } | null = null

client.onSignedOut(reason => {
  if (heldBack) heldBack.reason = reason
  else leave(reason)
})

function leave(reason: string) {
  const why = reasons[reason]
  accountStore.set(account => {
    if (account.at !== 'signed-in') return account
    account.page.stop()
    if (reason === 'account_erased') account.page.drafts.deleteAll()
    return { at: 'signed-out', ...(why !== undefined && { why }) }
  })
}

/** Asks who the cookies belong to. */
export async function recallAccount(): Promise<void> {
  if (!client.remembersSignIn()) return accountStore.set(() => ({ at: 'signed-out' }))
  try {
    const user = await client.accounts.me()
    signedIn(user)
  } catch (error) {
    const reached = isTaskwireError(error) && error.status > 0 && error.status < 500
    accountStore.set(() => ({ at: reached ? 'signed-out' : 'unreachable' }))
  }
}

/** Somebody's page goes on when it is theirs, under a new name perhaps. */
export function signedIn(user: User): void {
  accountStore.set(account => {
    const same = account.at === 'signed-in' && account.user.id === user.id
    return { at: 'signed-in', user, page: same ? account.page : createPage(client, user) }
  })
}

export async function signOut(): Promise<void> {
  await client.accounts.logout()
}

/**
 * Closes the account for good. Its sockets may be told of it before the call is answered.
 *
 * @throws TaskwireError when the password is wrong, or the account is that of the last administrator
 */
export async function eraseAccount(password: string | undefined): Promise<void> {
  const held: { reason?: string } = (heldBack = {})
  try {
    await client.gdpr.erase(password === undefined ? {} : { password })
    // Whoever signs in next begins at the beginning.
    replacePath('/')
  } finally {
    heldBack = null
    if (held.reason !== undefined) leave(held.reason)
  }
}
