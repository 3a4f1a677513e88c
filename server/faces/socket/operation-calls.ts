import {
  type ApiResources,
  type operationCalls,
  type SocketOperation,
  socketOperations,
} from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { assertCan } from '../../kernel/can.ts'
import { AppError } from '../../kernel/errors.ts'
import type { KnownKey, KnownSession } from '../../kernel/known.ts'
import type { NoteRefusal } from '../../kernel/refusal.ts'
import { createScope } from '../../kernel/scope.ts'
import { readTraceparent } from '../../kernel/traceparent.ts'
import type { Tracing } from '../../ports/tracing.ts'
import { createTurns } from '../../kernel/turns.ts'
import type { CommandHandlers } from './command-handlers.ts'
import { callerOf, isForNobody, type Member } from './member.ts'

export interface OperationCallDeps {
  /** Of the resources with operations that can be called over sockets. */
  handlers: { [R in keyof ApiResources]?: Handlers<ApiResources[R]> }
  /** The present state of the session, for a socket whose cookie was renewed by a request. */
  sessionAccess: (sessionId: string) => Promise<Pick<KnownSession, 'person' | 'expiresAt'>>
  /** The present state of the key of a socket. */
  keyAccess: (id: number) => Promise<KnownKey>
  tracing: Tracing
  noteRefusal: NoteRefusal
}

type OperationCall = keyof typeof operationCalls
/** The parsed input of any of these calls; the id of the thing has a name of its own in each. */
interface CallInput {
  updates: object
  version?: number
  mutation_id?: string
  traceparent?: string
  idempotency_key?: string
  [id: `${string}_id`]: unknown
}
type Handler = (scope: unknown, input: object) => Promise<unknown>

/**
 * How many calls run at once. The limit per person is lower, so that one person does not occupy all connections to the
 * database.
 */
const bounds = { running: 8, perKey: 2, alone: 6, waiting: 10_000, waitingPerKey: 500 }

/** The operations of the contract that can also be called over sockets. */
export function createOperationCalls({
  handlers,
  sessionAccess,
  keyAccess,
  tracing,
  noteRefusal,
}: OperationCallDeps): Pick<CommandHandlers, OperationCall> {
  const turns = createTurns(bounds)

  /** The person as they are now, and the key; the token of the handshake or its cookie must still be valid. */
  async function presentOf({ sessionId, key, expiresAt: until }: Member) {
    const isOver = (time: string | null) => time !== null && Date.parse(time) < Date.now()
    if (sessionId === null) {
      const { person, key: present } = await keyAccess(key!.id)
      if (isOver(until)) throw new AppError('unauthenticated', 'The API key works no more.')
      return { person, sessionId, key: present }
    }
    const { person, expiresAt } = await sessionAccess(sessionId)
    if (isOver(until) && isOver(expiresAt)) throw new AppError('token_expired', 'The access token has expired.')
    return { person, sessionId }
  }

  const callOf = ({ event, resource, operationName, operation, thing }: SocketOperation) => {
    const handler = (handlers[resource] as unknown as Record<string, Handler> | undefined)?.[operationName]
    if (!handler) throw new Error(`nothing serves ${resource}.${operationName}`)
    const execute = async (
      member: Member,
      { updates, ...input }: CallInput,
      requestId: string,
      traceparent: string | undefined,
    ) => {
      const id = input[`${thing}_id`]
      const caller = {
        ...callerOf(member, requestId),
        ...(await presentOf(member)),
      }
      const scope = createScope(caller, {
        mutationId: input.mutation_id,
        traceparent,
        expected: input.version === undefined ? undefined : [input.version],
        idempotencyKey: input.idempotency_key,
        call: {
          method: event,
          path: () => operation.path.replace(':id', String(id)),
          body: () => JSON.stringify([updates, input.version]),
        },
      })
      const call = async () => {
        assertCan(scope, operation)
        return handler(scope, { id, ...updates })
      }
      return call().catch(error => {
        noteRefusal(scope, operation, error)
        return insideUpdates(error)
      })
    }
    return (member: Member, input: CallInput, answer: (answer: never) => void, requestId: string) => {
      const cameAt = performance.now()
      return turns.run(member.person.id, async () => {
        if (isForNobody(member, cameAt)) return
        const span = tracing.begin(event, readTraceparent(input.traceparent), 'server')
        let failed = true
        try {
          answer({ [thing]: await execute(member, input, requestId, span.traceparent) } as never)
          failed = false
        } finally {
          span.end({ attributes: { 'taskwire.request_id': requestId }, failed })
        }
      })
    }
  }

  return Object.fromEntries(socketOperations.map(one => [one.event, callOf(one)])) as never
}

/** The service names fields as in the body of a request; in a call they are inside `updates`. */
function insideUpdates(error: unknown): never {
  if (!(error instanceof AppError) || !error.fields) throw error
  const fields = Object.entries(error.fields).map(([name, messages]) => [`updates.${name}`, messages])
  throw new AppError(error.code, error.message, { details: error.details, fields: Object.fromEntries(fields) })
}
