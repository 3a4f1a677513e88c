import type { VideoProvider, Visibility } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const videosTable = defineTable('videos', {
  id: column.bigint().primary(),
  title: column.text(),
  description: column.text(),
  provider: column.text<VideoProvider>(),
  provider_id: column.text().strictNullable(),
  url: column.text(),
  thumbnail_url: column.text().strictNullable(),
  duration_seconds: column.integer().strictNullable(),
  author_name: column.text().strictNullable(),
  tags: column.texts(),
  visibility: column.text<Visibility>(),
  project_id: column.bigint().strictNullable(),
  created_by: column.bigint(),
  version: column.integer(),
  created_at: column.time(),
  updated_at: column.time(),
  search: column.tsvector().hidden(),
})
