import {
  isInStep,
  nobody,
  type Job,
  type LiveEvent,
  type LiveStatus,
  type Position,
  type Presence,
  type TaskwireClient,
} from '../../../sdk/index.ts'
import { createStore } from '../lib/store.ts'

interface LiveOptions {
  client: TaskwireClient
  /** Whose page it is. */
  me: number
  onEvent: (event: LiveEvent) => void
  onJob: (job: Job) => void
  onReset: () => void
}

const rooms = ['tasks', 'projects', 'media', 'posts', 'videos']

/** The realtime side of the page as things that can be looked at. */
export function createLive({ client, me, onEvent, onJob, onReset }: LiveOptions) {
  const realtime = client.realtime()
  const status = createStore<LiveStatus>('reconnecting')
  const presence = createStore<Presence>(nobody)

  let joined = false
  realtime.on('status', now => {
    joined ||= isInStep(now)
    status.set(() => now)
  })
  realtime.on('presence', now => presence.set(() => now))
  realtime.on('event', onEvent)
  realtime.on('job', onJob)
  realtime.on('reset', onReset)

  return {
    status,
    presence,
    start: (from: Position | undefined) => realtime.start([...rooms, `user_${me}`], from),
    /** Whether events come, or will after a break, from a position that is known. */
    hasJoined: () => joined,
    say: (state: Record<string, unknown>) => realtime.setPresence('tasks', state),
    /** For what is open for a while; answers with the function that ends it. */
    onEvent: (listener: (event: LiveEvent) => void) => realtime.on('event', listener),
    onReset: (listener: () => void) => realtime.on('reset', listener),
    /** How one's own jobs stand. A hint that may be lost. */
    onJob: (listener: (job: Job) => void) => realtime.on('job', listener),
    /** Somebody came into a project, left it, or got another role. */
    onMembers: (project: number, listener: () => void) =>
      realtime.on('event', event => {
        if (event.name.startsWith('project_member_') && 'project_id' in event && event.project_id === project)
          listener()
      }),
    /**
     * One more room, for as long as somebody looks at what it tells of.
     *
     * @param whenJoined called when its events begin to come: what happened before has to be asked for
     * @returns what ends it
     */
    visit(room: string, whenJoined: () => void) {
      let isIn = false
      const unsubscribe = realtime.on('presence', now => {
        if (isIn || !(room in now)) return
        isIn = true
        whenJoined()
      })
      realtime.join(room)
      return () => {
        unsubscribe()
        realtime.leave(room)
      }
    },
    whenLive(then: () => void) {
      const unsubscribe = realtime.on('status', now => {
        if (!isInStep(now)) return
        unsubscribe()
        then()
      })
    },
    stop: realtime.stop,
  }
}
export type Live = ReturnType<typeof createLive>

declare module '../lib/page.ts' {
  interface Page {
    live: Live
  }
}
