import { useEffect, useMemo, useState } from 'react'
import type { Comment, Task } from '../../../sdk/index.ts'
import { Restored } from '../drafts/restored.tsx'
import { useKept } from '../drafts/use-kept.ts'
import { createAnnouncer } from '../live/announcer.ts'
import { useLiveList } from '../live/use-live-list.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { Icon } from '../ui/icon.tsx'
import { ListEnd } from '../ui/list-end.tsx'
import { RowsLoading } from '../ui/rows-loading.tsx'
import { CommentView } from './comment-view.tsx'
import { createComments } from './comments.ts'
import { Composer } from './composer.tsx'
import { createMentionable } from './mentionable.ts'
import { mayChangeComment, whyNoComment } from './rights.ts'

/** What people say about a task. @param target the comment that one was led to */
export function CommentSection({ task, target }: { task: Task; target: number | null }) {
  const { client, live, projects, directory, me } = usePage()
  const [announcer] = useState(createAnnouncer)
  const {
    list: comments,
    items: shown,
    end,
  } = useLiveList(() => {
    const onCreated = (comment: Comment) => {
      if (comment.author_id !== me.id) announcer.say(`${directory.nameOf(comment.author_id)} commented`)
    }
    return createComments({ client, live, taskId: task.id, onCreated })
  })
  const fresh = useStore(comments.fresh, ids => ids)
  const project = useStore(projects.store, all => (task.project_id === null ? undefined : all.get(task.project_id)))
  const find = useMemo(() => createMentionable({ client, directory, project }), [client, directory, project])
  const { text, isRestored, write, forget } = useKept(`comment-on:${task.id}`)

  const isLoaded = end.next !== undefined
  useEffect(() => {
    if (target !== null && isLoaded) comments.seek(target)
  }, [comments, target, isLoaded])

  async function send(body: string) {
    comments.take(await client.comments.create({ id: task.id, body }))
    forget()
  }

  const place = { me, project }
  const refusal = whyNoComment(place)
  return (
    <div className="comments">
      {refusal === null ? (
        <Composer
          label="Comment"
          placeholder="Write a comment…"
          action="Send"
          text={text}
          onText={write}
          find={find}
          onSend={send}
        >
          <Restored isShown={isRestored} onStartOver={forget} />
        </Composer>
      ) : (
        <p className="notice">
          <Icon name="lock" />
          {refusal}
        </p>
      )}
      {shown.length > 0 && (
        <ul aria-label="Comments" aria-busy={end.loading}>
          {shown.map(comment => (
            <CommentView
              key={comment.id}
              comment={comment}
              comments={comments}
              mayChange={mayChangeComment(place, comment)}
              isTarget={comment.id === target}
              isFresh={fresh.has(comment.id)}
              find={find}
            />
          ))}
        </ul>
      )}
      <ListEnd
        {...end}
        className="talk-note"
        waiting={<RowsLoading rows={2} />}
        more="Show earlier ones"
        isByHand
        full="Earlier ones are not shown."
      >
        Nobody has said anything yet.
      </ListEnd>
      <Said announcer={announcer} />
    </div>
  )
}

/** Inside of the dialog: what is outside of an open one is not read out. */
function Said({ announcer }: { announcer: ReturnType<typeof createAnnouncer> }) {
  const { text, serial } = useStore(announcer.store, said => said)
  return (
    <div className="visually-hidden" aria-live="polite">
      <span key={serial}>{text}</span>
    </div>
  )
}
