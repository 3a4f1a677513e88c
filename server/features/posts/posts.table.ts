import type { PostStatus } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const postsTable = defineTable('posts', {
  id: column.bigint().primary(),
  slug: column.text(),
  title: column.text(),
  body: column.text(),
  status: column.text<PostStatus>(),
  cover_media_id: column.bigint().strictNullable(),
  media_ids: column.bigints(),
  author_id: column.bigint(),
  project_id: column.bigint().strictNullable(),
  published_at: column.time().strictNullable(),
  version: column.integer(),
  created_at: column.time(),
  updated_at: column.time(),
  search: column.tsvector().hidden(),
})
