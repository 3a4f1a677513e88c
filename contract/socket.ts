import { z } from 'zod'
import { APIError } from './errors.ts'
import { MemberState } from './events.ts'
import { limits } from './limits.ts'
import { instant } from './primitives.ts'
import { sizeText } from './size.ts'
import { operationCalls } from './socket-operations.ts'

/** What a client sends in the handshake (`auth`); without a token or an API key its cookie is used. */
export const Handshake = z.object({
  token: z.string().max(8_000).optional(),
  api_key: z.string().max(200).optional(),
  bulk: z.boolean().optional(),
})

const position = {
  since: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  epoch: z.string().max(100).optional(),
}
/** The name is checked per room later, so that the error can say which room is invalid. */
const roomName = z.string().max(200)

/** The calls that a client may make over a socket, with what the acknowledgement contains in addition to `ok`. */
export const commands = {
  join_room: {
    summary: 'Join one room or several, from a position or from now',
    input: z
      .strictObject({ room: roomName.optional(), rooms: z.array(roomName).min(1).max(100).optional(), ...position })
      .refine(input => (input.room === undefined) !== (input.rooms === undefined), {
        path: ['room'],
        message: 'give either room or rooms',
      })
      .meta({ oneOf: [{ required: ['room'] }, { required: ['rooms'] }] }),
    output: z.object({
      room: z.string().optional(),
      rooms: z.array(z.string()).optional(),
      epoch: z.string(),
      offset: z.int(),
      recovered: z.boolean(),
      missed: z.int(),
      members: z.record(z.string(), z.array(MemberState)),
      member_counts: z.record(z.string(), z.int()),
    }),
  },
  leave_room: {
    summary: 'Leave a room',
    input: z.strictObject({ room: roomName }),
    output: z.object({ room: z.string() }),
  },
  presence_set: {
    summary: 'Set the presence state that others in a room see; never stored',
    input: z.strictObject({
      room: roomName,
      state: z
        .record(z.string(), z.unknown())
        .refine(
          state => new TextEncoder().encode(JSON.stringify(state)).length <= limits.presenceStateBytes,
          `must have at most ${sizeText(limits.presenceStateBytes)} as JSON`,
        ),
    }),
    output: z.object({}),
  },
  authenticate: {
    summary: 'Renew the token of a live socket',
    input: z.strictObject({ token: z.string().max(8_000).optional() }),
    output: z.object({ expires_at: instant, expires_in: z.int().describe('seconds') }),
  },
  ...operationCalls,
} as const

/** The acknowledgement of a refused call. */
export const Refusal = APIError.extend({ ok: z.literal(false) })

/**
 * The payload of the event `error`: about a call without an acknowledgement, or the reason why the server closes the
 * socket.
 */
export const ErrorEvent = APIError.extend({
  event: z.string().optional().describe('The call that the error is about, if any'),
})

export type CommandName = keyof typeof commands
export type CommandInput<N extends CommandName> = z.output<(typeof commands)[N]['input']>
export type CommandOutput<N extends CommandName> = z.output<(typeof commands)[N]['output']>
