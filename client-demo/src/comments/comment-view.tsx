import { memo, useEffect, useRef, useState } from 'react'
import { type Comment } from '../../../sdk/index.ts'
import { Restored } from '../drafts/restored.tsx'
import { useKept } from '../drafts/use-kept.ts'
import { Theirs } from '../forms/theirs.tsx'
import { formatAgo, formatMoment } from '../lib/format.ts'
import { currentIn, formErrors } from '../lib/form-errors.ts'
import { Markdown } from '../markdown/markdown.tsx'
import { usePage } from '../lib/use-page.ts'
import { Avatar } from '../people/avatar.tsx'
import { usePerson } from '../people/directory.ts'
import { Icon } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import type { Comments } from './comments.ts'
import { Composer } from './composer.tsx'
import type { FindPeople } from './mentionable.ts'

interface CommentViewProps {
  comment: Comment
  comments: Comments
  mayChange: boolean
  /** One was led here. */
  isTarget: boolean
  isFresh: boolean
  find: FindPeople
}

type Doing = { kind: 'nothing' | 'editing' | 'leaving' | 'asking' }
const nothing: Doing = { kind: 'nothing' }

export const CommentView = memo(function CommentView(props: CommentViewProps) {
  const { comment, comments, mayChange, isTarget, isFresh, find } = props
  const { client, directory, toasts, me } = usePage()
  const author = usePerson(directory, comment.author_id)
  const kept = useKept(`comment:${comment.id}`, comment.body)
  const [doing, setDoing] = useState<Doing>(kept.isEdited ? { kind: 'editing' } : nothing)
  const [menu, setMenu] = useState<HTMLElement | null>(null)
  const element = useRef<HTMLLIElement>(null)
  const tools = useRef<HTMLButtonElement>(null)
  const name = comment.author_id === me.id ? 'You' : (author?.name ?? 'Somebody')

  useEffect(() => {
    if (isTarget) element.current?.scrollIntoView({ block: 'center' })
  }, [isTarget])

  function stop() {
    setDoing(nothing)
    // What had the focus goes away; it came from there.
    requestAnimationFrame(() => tools.current?.focus())
  }

  function discard() {
    kept.forget()
    stop()
  }

  /** What was typed is worth more than a key or a click. */
  const leave = () => (kept.isEdited ? setDoing({ kind: 'leaving' }) : stop())

  async function store(body: string) {
    try {
      comments.take(await client.comments.update({ id: comment.id, body }, { version: comment.version }))
      if (kept.forget()) stop()
    } catch (error) {
      const current = currentIn<Comment>(error)
      if (current) comments.take(current)
      throw error
    }
  }

  async function remove() {
    try {
      await client.comments.delete({ id: comment.id })
      comments.forget(comment.id)
    } catch (error) {
      setDoing(nothing)
      toasts.error(`The comment could not be deleted: ${formErrors(error, []).whole}`)
    }
  }

  const classes = ['comment']
  if (isTarget) classes.push('is-target')
  if (isFresh && comment.author_id !== me.id) classes.push('is-fresh')

  return (
    <li ref={element} className={classes.join(' ')}>
      <Avatar id={comment.author_id} />
      <div className="comment-main">
        <header>
          <b>
            <bdi>{name}</bdi>
          </b>
          <time dateTime={comment.created_at} title={formatMoment(comment.created_at)}>
            {formatAgo(comment.created_at)}
          </time>
          {comment.version > 1 && <span title={formatMoment(comment.updated_at)}>edited</span>}
          {mayChange && doing.kind === 'nothing' && (
            <button
              ref={tools}
              type="button"
              className="icon-button"
              aria-label={`Actions on the comment of ${name}`}
              aria-haspopup="menu"
              onClick={event => setMenu(event.currentTarget)}
            >
              <Icon name="more" />
            </button>
          )}
        </header>
        {(doing.kind === 'editing' || doing.kind === 'leaving') && mayChange ? (
          <Composer
            label="Edit comment"
            action="Update"
            text={kept.text}
            onText={kept.write}
            find={find}
            onSend={store}
            onCancel={leave}
          >
            <Restored isShown={kept.isRestored && doing.kind === 'editing'} onStartOver={discard} />
            <Theirs value={kept.theirs} onTake={kept.forget} />
          </Composer>
        ) : (
          <Markdown text={comment.body} mentions={comment.mentions} />
        )}
        {doing.kind === 'leaving' && (
          <div className="comment-ask" role="alert">
            <span>What you changed is not stored yet.</span>
            <button
              type="button"
              className="button button-quiet"
              autoFocus
              onClick={() => setDoing({ kind: 'editing' })}
            >
              Go on editing
            </button>
            <button type="button" className="button button-danger" onClick={discard}>
              Discard
            </button>
          </div>
        )}
        {doing.kind === 'asking' && (
          <div className="comment-ask" role="alert">
            <span>Delete this comment for good?</span>
            <button type="button" className="button button-quiet" autoFocus onClick={stop}>
              Keep it
            </button>
            <button type="button" className="button button-danger" onClick={() => void remove()}>
              Delete it
            </button>
          </div>
        )}
      </div>
      {menu && (
        <Menu
          label="Comment"
          anchor={menu}
          items={[
            {
              label: 'Edit',
              mark: <Icon name="pencil" />,
              run: () => setDoing({ kind: 'editing' }),
            },
            { label: 'Delete', mark: <Icon name="trash" />, danger: true, run: () => setDoing({ kind: 'asking' }) },
          ]}
          onClose={() => setMenu(null)}
        />
      )}
    </li>
  )
})
