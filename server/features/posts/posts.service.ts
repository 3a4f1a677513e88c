import sql from 'sql-template-tag'
import type { NewPost, Post, PostChanges, posts } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { assertCan } from '../../kernel/can.ts'
import { changedFields, given } from '../../kernel/changes.ts'
import { notFound, versionConflict } from '../../kernel/errors.ts'
import { isStale, type Scope } from '../../kernel/scope.ts'
import {
  changeOwned,
  claimSlug,
  lockDestination,
  lockProjects,
  projectAmong,
  slugFrom,
  slugTaken,
  variants,
} from '../projects/index.ts'
import type { PostDeps } from './posts.deps.ts'
import { lockReferences } from './posts.files.ts'
import { readableOne, readableWith, readPost } from './posts.policy.ts'
import * as queries from './posts.queries.ts'
import { events } from './posts.events.ts'

type Operations = Pick<Handlers<typeof posts>, 'create' | 'get' | 'update' | 'delete'>

/** Posts. A post is a draft that only its author sees until it is published. */
export const createPostService = ({ database, command }: PostDeps): Operations => ({
  create: (scope, { project: ref, ...input }) =>
    command(scope, async tx => {
      const project = await lockDestination(tx, scope, ref)
      const project_id = project?.id ?? null
      const assertFiles = await lockReferences(tx, scope, input)
      assertFiles(project_id, { cover_media_id: null, media_ids: [] })
      const published_at = input.status === 'published' ? tx.now : null
      const post = await insertWithSlug(tx, scope, { ...input, project_id, author_id: scope.person.id, published_at })
      events.created(tx, scope, post)
      return post
    }),

  get: async ({ person }, { id }) => {
    const post = await queries.findPost(database, id, readableOne(person))
    if (!post) throw notFound()
    return post
  },

  update: (scope, { id, ...changes }) =>
    command(scope, async tx => {
      const { post, assertFiles } = await lockPost(tx, scope, id, changes)
      assertFiles(post.project_id, post)
      const wanted = { ...post, ...given(changes) }
      if (wanted.status !== post.status) wanted.published_at = wanted.status === 'published' ? tx.now : null
      const changed = changedFields(post, wanted)
      if (changed.length === 0) return post
      // A changed slug must be unique among the posts that the caller sees; the slug of a post that is being published,
      // among the posts that its readers see.
      if (changed.includes('slug')) await claimSlug(tx, 'posts', wanted, readableOne(scope.person))
      else if (changed.includes('status') && wanted.status === 'published')
        await claimSlug(tx, 'posts', wanted, readableWith(wanted.project_id))
      const row = await queries.updatePost(tx, wanted, tx.now)
      events.updated(tx, scope, post, row, changed)
      return row
    }),

  delete: (scope, { id }) =>
    command(scope, async tx => {
      const { post } = await lockPost(tx, scope, id, {})
      await queries.deletePost(tx, post.id)
      events.deleted(tx, scope, post)
    }),
})

/**
 * Locks the post after its project and the files that it is to refer to. Checks that the caller may change it and has
 * seen its present version. A post never changes its project.
 */
async function lockPost(tx: Tx, scope: Scope, ref: string, changes: PostChanges) {
  const place = await queries.placeOfPost(tx, ref, readableOne(scope.person))
  if (!place) throw notFound()
  const projects = await lockProjects(tx, scope, sql`p.id = ${place.project_id}`)
  const assertFiles = await lockReferences(tx, scope, changes)
  const post = await queries.selectPostForUpdate(tx, place.id, readableOne(scope.person))
  const project = projectAmong(projects, post?.project_id ?? null)
  if (!post) throw notFound()
  assertCan(scope, readPost, { post, project })
  assertCan(scope, changeOwned, { project, ownerId: post.author_id })
  if (isStale(scope, post.version)) throw versionConflict(post)
  return { post, assertFiles }
}

async function insertWithSlug(
  tx: Tx,
  { person }: Scope,
  { slug, ...post }: Omit<NewPost, 'project'> & Pick<Post, 'author_id' | 'project_id' | 'published_at'>,
) {
  for (const candidate of slug === undefined ? variants(slugFrom(post.title, 'post')) : [slug]) {
    const row = await queries.insertPost(tx, { ...post, slug: candidate }, readableOne(person), tx.now)
    if (row) return row
  }
  throw slugTaken()
}
