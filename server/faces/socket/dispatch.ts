import { randomUUID } from 'node:crypto'
import { commands } from '../../../contract/index.ts'
import { apiError } from '../../kernel/api-error.ts'
import { parse } from '../../kernel/bind.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { CommandHandlers } from './commands.ts'
import type { Member } from './member.ts'

type Ack = (answer: unknown) => void

/** Calls of one socket that are being worked on at once; a client that sends more without waiting is told so. */
const maxPending = 100

/**
 * The one way in for everything that a client emits. Whatever it sends (no acknowledgement, something else in its place,
 * an unknown name, any shape), it gets an answer and the process does not notice.
 */
export function dispatch(member: Member, handlers: CommandHandlers, log: Logger): void {
  const { socket } = member

  socket.onAny((event: unknown, ...args: unknown[]) => {
    const name = String(event) // the protocol also allows numbers
    const requestId = randomUUID()
    const ack = typeof args.at(-1) === 'function' ? (args.pop() as Ack) : null
    const refuse = (error: unknown) => {
      const { status, body } = apiError(error, requestId)
      if (status >= 500) log.error({ err: error, request_id: requestId, command: name }, 'socket command failed')
      if (ack) ack({ ok: false, ...body })
      else socket.emit('error', { event: name, ...body })
    }
    member.pending++
    handle(name, args, requestId, answer => ack?.({ ok: true, ...answer }))
      .catch(refuse)
      .finally(() => member.pending--)
  })

  async function handle(name: string, args: unknown[], requestId: string, answer: (answer: object) => void) {
    if (member.pending > maxPending)
      throw new AppError('rate_limited', 'Too many calls at once; wait for their answers.')
    if (!Object.hasOwn(commands, name)) {
      throw new AppError('validation_error', `There is no event "${name.slice(0, 100)}".`, {
        fields: { event: ['is not known'] },
      })
    }
    if (args.length > 1) {
      throw new AppError('validation_error', 'One object is expected.', { fields: { [name]: ['takes one object'] } })
    }
    const known = name as keyof typeof commands
    const input = parse(commands[known].input, args[0] === undefined ? {} : args[0], 'input')
    await handlers[known](member, input as never, answer as never, requestId)
  }
}
