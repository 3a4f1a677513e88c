import { type LogEvent, parseKey, seesProject, type SystemEvents } from '../../events/index.ts'
import { seatsIn } from './internal-rooms.ts'
import type { Member } from './member.ts'
import type { Roster } from './roster.ts'

export interface FenceDeps {
  roster: Roster
  /** Removes a room from a member and tells the member. */
  expel: (member: Member, room: string, reason: string) => void
  /** Ends a connection for good; its client must sign in again before it reconnects. */
  end: (member: Member, reason: 'session_ended' | 'account_disabled' | 'unauthenticated') => void
  /** Ends a connection so that its client reconnects by itself and gets its rights anew. */
  restart: (member: Member) => void
}

/**
 * Applies changes of rights at their place in the log: every earlier event was sent under the old rights, every later
 * event is sent under the new ones.
 */
export function createFences({ roster, expel, end, restart }: FenceDeps) {
  function give(member: Member, projectId: number) {
    member.rightsVersion++
    if (seesProject(member.rights, projectId)) return
    member.rights = { ...member.rights, projects: new Set(member.rights.projects).add(projectId) }
    if (member.live) void member.socket.join(seatsIn(projectId, member))
  }

  function take(member: Member, projectId: number, reason: string) {
    member.rightsVersion++
    for (const seat of seatsIn(projectId, member)) void member.socket.leave(seat)
    const projects = new Set(member.rights.projects)
    projects.delete(projectId)
    member.rights = { ...member.rights, projects }
    if (member.rooms.has(`project_${projectId}`)) expel(member, `project_${projectId}`, reason)
  }

  const concerned = (event: LogEvent): Iterable<Member> => {
    const audience = parseKey(event.scope)
    if (audience.of === 'person') return roster.ofPerson(audience.id)
    const except = new Set(event.reach?.except)
    return [...roster.all()].filter(member => !except.has(member.person.id))
  }

  const fences: Record<string, (event: LogEvent) => void> = {
    access_changed: event => {
      const { project_id, readable } = event.payload as { project_id: number; readable: boolean }
      for (const member of concerned(event)) {
        if (readable) give(member, project_id)
        else if (!member.rights.admin) take(member, project_id, 'access_ended')
      }
    },
    project_deleted: ({ payload }) => {
      for (const member of [...roster.all()]) take(member, Number(payload['project_id']), 'project_deleted')
    },
    session_ended: ({ payload }) => {
      const { session_id, reason } = payload as unknown as SystemEvents['session_ended']
      for (const member of [...roster.ofSession(session_id)]) end(member, reason)
    },
    account_changed: ({ payload }) => {
      const { user_id, role_changed, disabled } = payload as unknown as SystemEvents['account_changed']
      for (const member of [...roster.ofPerson(user_id)]) {
        // Sessions have an event of their own.
        if (disabled && member.key) end(member, 'account_disabled')
        else if (role_changed) restart(member)
      }
    },
    api_key_changed: ({ payload }) => {
      const { api_key_id, sockets } = payload as unknown as SystemEvents['api_key_changed']
      if (sockets === 'keep') return
      for (const member of [...roster.ofKey(api_key_id)])
        if (sockets === 'end') end(member, 'unauthenticated')
        else restart(member)
    },
  }

  /** What an event changes for sockets, if it changes anything. */
  return ({ event }: LogEvent): ((event: LogEvent) => void) | undefined =>
    Object.hasOwn(fences, event) ? fences[event] : undefined
}
