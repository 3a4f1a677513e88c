import { column, defineTable } from '../../ports/table.ts'

/** What an identity provider knows an account by. An account that none has touched has no row. */
export const scimAccountsTable = defineTable('scim_accounts', {
  user_id: column.bigint().primary(),
  user_name: column.text(),
  external_id: column.text().strictNullable(),
  updated_at: column.time(),
  /** Removed by the provider: for it the account is gone until it is made again. */
  deleted_at: column.time().strictNullable(),
})
