import type { Post } from '../../../contract/index.ts'
import { entryOfShown, tellShown, type Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import { audienceOf } from './posts.policy.ts'

export function tellCreated(tx: Tx, { person }: Scope, post: Post): void {
  const to = audienceOf(post)
  tx.record('post_created', { post, created_by: person.id }, to, entryOfShown(to, 'post', post))
}

/** Also when it is published or taken back, which is the beginning or the end of it for all others. */
export function tellUpdated(tx: Tx, by: Scope, before: Post, post: Post, changed: (keyof Post)[]): void {
  const changes = Object.fromEntries(
    changed.map(field => [field, { from: short(before, field), to: short(post, field) }]),
  )
  tellShown(audienceOf(before), audienceOf(post), {
    // What it was before it was shown is nobody's business.
    created: () => tellCreated(tx, by, post),
    updated: to => {
      const payload = { post_id: post.id, post, updated_by: by.person.id, changed }
      tx.record('post_updated', payload, to, entryOfShown(to, 'post', post, changes))
    },
    deleted: () => tellDeleted(tx, by, before),
  })
}

export function tellDeleted(tx: Tx, { person }: Scope, post: Post): void {
  const to = audienceOf(post)
  const payload = { post_id: post.id, version: post.version + 1, deleted_by: person.id }
  tx.record('post_deleted', payload, to, entryOfShown(to, 'post', post))
}

/** Of a text it is only told that it changed: what it was would be kept for ever. */
const short = (post: Post, field: keyof Post) => (field === 'body' ? null : post[field])
