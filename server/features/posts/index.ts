import type { posts } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../kernel/database.ts'
import { createPostList } from './posts.list.ts'
import { createPostService } from './posts.service.ts'

export { letGo } from './posts.files.ts'

export interface PostDeps {
  database: Database
  command: Command
}

/** Posts, in projects and without. */
export const createPosts = (deps: PostDeps): Handlers<typeof posts> => ({
  ...createPostService(deps),
  ...createPostList(deps),
})
