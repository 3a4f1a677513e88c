import { type Post } from '../../../sdk/index.ts'
import type { FormErrors } from '../lib/form-errors.ts'
import { useEditedForm } from '../forms/use-edited-form.ts'
import { loadReading } from '../markdown/reading.ts'
import { usePage } from '../lib/use-page.ts'
import { changesOf, draftOf, newPost, postFields, wholeOf, type PostDraft, type PostField } from './post-draft.ts'

const names = ['title', 'slug', 'body', 'cover_media_id', 'project', 'media_ids']

interface PostFormOptions {
  /** As it is now; undefined = it is new, or gone meanwhile. */
  post: Post | undefined
  id: number | 'new'
  project: number | null
  /** Told of what the server answered. */
  onStored: (post: Post) => void
}

/** A post being written. What was begun is kept when one goes elsewhere on the page, and comes again. */
export function usePostForm({ post, id, project, onStored }: PostFormOptions) {
  const { client } = usePage()
  const form = useEditedForm<PostDraft, PostField, Post>({
    thing: `post:${id}`,
    fields: postFields,
    first: newPost(project),
    now: post && { draft: draftOf(post), version: post.version },
    noun: 'post',
    names,
    onCurrent: onStored,
    staysOpen: true,
  })
  const { draft, base } = form

  /** @returns what was stored; undefined when it was not, and the form says why */
  async function save(status: Post['status']): Promise<Post | undefined> {
    if (draft.title.trim() === '') {
      form.refuse({ title: 'A post needs a title' })
      return undefined
    }
    let stored: Post | undefined
    await form.send(async () => {
      const reading = await loadReading()
      stored = post
        ? await client.posts.update(
            { id: String(post.id), ...changesOf(reading, base, draft), ...(status !== post.status && { status }) },
            { version: form.version },
          )
        : await client.posts.create({ ...wholeOf(reading, draft), status })
      form.forget()
      form.stored(draft, { draft: draftOf(stored), version: stored.version })
      onStored(stored)
    })
    return stored
  }

  return { ...form, errors: withFiles(form.errors), save }
}
export type PostForm = ReturnType<typeof usePostForm>

/** The files have no field of their own: they stand in the text. */
function withFiles(errors: FormErrors): FormErrors {
  const { media_ids: files, ...fields } = errors.fields
  if (files === undefined) return errors
  return { ...errors, fields: { ...fields, body: `A picture in the text cannot be shown: ${files.toLowerCase()}` } }
}
