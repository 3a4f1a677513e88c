import type { operationCalls } from '../../../contract/index.ts'
import type { Presence } from '../../features/rooms/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { KnownSession } from '../../kernel/known.ts'
import type { CommandHandlers } from './command-handlers.ts'
import { callerOf, type Member } from './member.ts'
import { createOperationCalls, type OperationCallDeps } from './operation-calls.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { Traffic } from './traffic.ts'

export interface CommandDeps extends OperationCallDeps {
  subscriptions: Subscriptions
  presence: Presence
  traffic: Traffic
  authenticate: (token: string) => Promise<KnownSession>
  /** Called when the token of the member has been renewed. */
  renewed: (member: Member, known: Pick<KnownSession, 'person' | 'expiresAt'>) => void
}

export function createCommands(deps: CommandDeps): CommandHandlers {
  const { subscriptions, presence, traffic } = deps

  /**
   * Runs the joins and leaves of a socket one after the other, because two joins at once would both move its position.
   */
  const inTurn = (member: Member, work: () => Promise<void>): Promise<void> => {
    const done = member.turn.then(work)
    member.turn = done.catch(() => {})
    return done
  }

  const others: Omit<CommandHandlers, keyof typeof operationCalls> = {
    join_room: async (member, input, answer, requestId) => {
      try {
        await inTurn(member, () => subscriptions.join(member, input, answer))
      } catch (error) {
        // Operations note by themselves what they refuse.
        deps.noteRefusal(callerOf(member, requestId), { method: 'socket', path: 'join_room' }, error)
        throw error
      }
    },

    leave_room: (member, { room }, answer) =>
      inTurn(member, async () => {
        subscriptions.leave(member, room)
        answer({ room })
      }),

    presence_set: async (member, { room, state }, answer) => {
      if (!traffic.signals.take(member.person.id))
        throw new AppError('rate_limited', 'Too many presence states in a short time.')
      if (!member.rooms.has(room)) throw new AppError('forbidden', 'Join the room first.')
      presence.setState(room, member.person.id, member.socket.id, state)
      answer({})
    },

    authenticate: async (member, { token }, answer) => {
      if (member.sessionId === null) throw new AppError('forbidden', 'An API key is not renewed.')
      const known = token === undefined ? await deps.sessionAccess(member.sessionId) : await deps.authenticate(token)
      if (known.person.id !== member.person.id || ('sessionId' in known && known.sessionId !== member.sessionId)) {
        throw new AppError('forbidden', 'The token belongs to another session; connect anew with it.')
      }
      deps.renewed(member, known)
      const leftMs = Math.max(0, Date.parse(known.expiresAt) - Date.now())
      answer({ expires_at: known.expiresAt, expires_in: Math.floor(leftMs / 1000) })
    },
  }

  return { ...createOperationCalls(deps), ...others } as CommandHandlers
}
