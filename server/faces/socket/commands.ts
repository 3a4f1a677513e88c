import { createHash } from 'node:crypto'
import type { CommandInput, CommandName, CommandOutput, tasks } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Presence } from '../../features/rooms/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { createTurns } from '../../kernel/turns.ts'
import type { Known } from './handshake.ts'
import { isForNobody, type Member } from './member.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { Traffic } from './traffic.ts'

/** `answer` may be called before a handler has finished: the answer to a join precedes the missed events. */
export type CommandHandlers = {
  [N in CommandName]: (
    member: Member,
    input: CommandInput<N>,
    answer: (answer: CommandOutput<N>) => void,
    requestId: string,
  ) => Promise<void>
}

export interface CommandDeps {
  subscriptions: Subscriptions
  presence: Presence
  traffic: Traffic
  updateTask: Handlers<typeof tasks>['update']
  authenticate: (token: string) => Promise<Known>
  /** The present state of the session, for a socket whose cookie was renewed by a request. */
  sessionAccess: (sessionId: string) => Promise<Pick<Known, 'person' | 'expiresAt'>>
  /** Called when the token of the member has been renewed. */
  renewed: (member: Member, known: Pick<Known, 'person' | 'expiresAt'>) => void
}

/**
 * How many tasks are updated at once. The limit per person is lower, so that one person does not occupy all connections
 * to the database.
 */
const updating = { running: 8, perKey: 2, alone: 6, waiting: 10_000, waitingPerKey: 500 }

export function createCommands(deps: CommandDeps): CommandHandlers {
  const { subscriptions, presence, traffic } = deps
  const turns = createTurns(updating)

  /**
   * Runs the joins and leaves of a socket one after the other, because two joins at once would both move its position.
   */
  const inTurn = (member: Member, work: () => Promise<void>): Promise<void> => {
    const done = member.turn.then(work)
    member.turn = done.catch(() => {})
    return done
  }

  async function updateTask(member: Member, input: CommandInput<'task_update'>, requestId: string) {
    const { task_id, updates, ...call } = input
    const { person, expiresAt } = await deps.sessionAccess(member.sessionId)
    if (Date.parse(member.expiresAt) < Date.now() && Date.parse(expiresAt) < Date.now()) {
      throw new AppError('token_expired', 'The access token has expired.')
    }
    const scope: Scope = {
      person,
      sessionId: member.sessionId,
      requestId,
      address: member.address,
      userAgent: String(member.socket.handshake.headers['user-agent'] ?? ''),
      ...(call.mutation_id !== undefined && { mutationId: call.mutation_id }),
      ...(call.version !== undefined && { expected: [call.version] }),
      ...(call.idempotency_key !== undefined && {
        idempotency: {
          key: call.idempotency_key,
          method: 'task_update',
          path: `/tasks/${task_id}`,
          bodyHash: createHash('sha256')
            .update(JSON.stringify([updates, call.version]))
            .digest('hex'),
        },
      }),
    }
    return deps.updateTask(scope, { id: task_id, ...updates }).catch(insideUpdates)
  }

  return {
    join_room: (member, input, answer) => inTurn(member, () => subscriptions.join(member, input, answer)),

    leave_room: (member, { room }, answer) =>
      inTurn(member, async () => {
        subscriptions.leave(member, room)
        answer({ room })
      }),

    task_update: (member, input, answer, requestId) => {
      const cameAt = performance.now()
      return turns.run(member.person.id, async () => {
        if (!isForNobody(member, cameAt)) answer({ task: await updateTask(member, input, requestId) })
      })
    },

    presence_set: async (member, { room, state }, answer) => {
      if (!traffic.signals.take(member.person.id))
        throw new AppError('rate_limited', 'Too many presence states in a short time.')
      if (!member.rooms.has(room)) throw new AppError('forbidden', 'Join the room first.')
      presence.setState(room, member.person.id, member.socket.id, state)
      answer({})
    },

    authenticate: async (member, { token }, answer) => {
      const known = token === undefined ? await deps.sessionAccess(member.sessionId) : await deps.authenticate(token)
      if (known.person.id !== member.person.id || ('sessionId' in known && known.sessionId !== member.sessionId)) {
        throw new AppError('forbidden', 'The token belongs to another session; connect anew with it.')
      }
      deps.renewed(member, known)
      const leftMs = Math.max(0, Date.parse(known.expiresAt) - Date.now())
      answer({ expires_at: known.expiresAt, expires_in: Math.floor(leftMs / 1000) })
    },
  }
}

/** The service names fields as in a PATCH; in this call they are inside `updates`. */
function insideUpdates(error: unknown): never {
  if (!(error instanceof AppError) || !error.fields) throw error
  const fields = Object.entries(error.fields).map(([name, messages]) => [`updates.${name}`, messages])
  throw new AppError(error.code, error.message, { details: error.details, fields: Object.fromEntries(fields) })
}
