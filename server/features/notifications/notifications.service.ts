import { type NotificationPreferences, optionalNotificationTypes, type notifications } from '../../../contract/index.ts'
import { type Command, person } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import { newestFirst, pageOf } from '../../kernel/paging.ts'
import * as queries from './notifications.queries.ts'

export interface NotificationDeps {
  database: Database
  command: Command
}

const preferencesOf = (off: readonly string[]) =>
  Object.fromEntries(optionalNotificationTypes.map(type => [type, !off.includes(type)])) as NotificationPreferences

/** A person's notifications and notification settings. */
export function createNotifications({ database, command }: NotificationDeps): Handlers<typeof notifications> {
  return {
    list: async ({ person: { id } }, { unread, ...page }) => {
      const [found, unread_count] = await Promise.all([
        pageOf(
          page,
          [id, unread],
          newestFirst,
          clauses => queries.listNotifications(database.reads, id, unread, clauses),
          () => queries.countNotifications(database.reads, id, unread),
        ),
        queries.countNotifications(database.reads, id, true),
      ])
      return { ...found, unread_count }
    },

    read: (scope, { ids }) =>
      command(scope, async tx => {
        const { id } = scope.person
        await queries.lockInbox(tx, id)
        const read = await queries.markRead(tx, id, ids, tx.now)
        if (read.length > 0) {
          const stand = await queries.standOf(tx, id)
          tx.record('notifications_read', { ids: ids ? read : null, ...stand }, person(id))
        }
        return { read_count: read.length }
      }),

    preferences: async ({ person: { id } }) => preferencesOf(await queries.switchedOff(database, id)),

    setPreferences: (scope, wanted) =>
      command(scope, async tx => {
        const which = (state: boolean) => optionalNotificationTypes.filter(type => wanted[type] === state)
        return preferencesOf(await queries.switchSome(tx, scope.person.id, which(true), which(false)))
      }),
  }
}
