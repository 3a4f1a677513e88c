import type { posts } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { createPostList } from './posts.list.ts'
import { createPostService } from './posts.service.ts'
import type { PostDeps } from './posts.deps.ts'

export { deleteSomeDrafts } from './posts.erasing.ts'
export { postsPersonal } from './posts.personal.ts'
export { readable as readablePosts } from './posts.policy.ts'
export { letGo } from './posts.files.ts'

/** Posts, in projects and without. */
export const createPosts = (deps: PostDeps): Handlers<typeof posts> => ({
  ...createPostService(deps),
  ...createPostList(deps),
})
