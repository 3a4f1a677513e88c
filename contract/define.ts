import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import { id, version } from './primitives.ts'

/** Who may call an operation at all. The policy of its feature decides what a caller may do with a particular thing. */
export type Access = 'public' | 'user' | 'admin'

/**
 * What an API key needs for an operation: this permission; `rooms`: to be allowed to join the rooms that the input names;
 * `never`: no key may call it.
 */
export type KeyNeed = 'never' | 'rooms' | 'admin' | `${string}:${string}`

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/**
 * An operation of the API, defined once and used four times: for validation, types, documents (OpenAPI, AsyncAPI) and
 * the SDK. The three parts of the input arrive separately (path, query, body) and are passed to the service as one
 * object.
 */
export interface Operation {
  summary: string
  access: Access
  /** A permission that the caller needs (`User.permissions`); administrators have all. */
  permission?: `${string}:${string}`
  /**
   * What an API key needs, where it is not the usual (permissions.ts): `<resource>:read` for reading, `<resource>:write`
   * for changes, `admin` with the access `admin`. With `never`, the caller has a session for certain.
   */
  key?: KeyNeed
  /** The person must have signed in, or confirmed the password, within the last minutes (`POST /auth/reauthenticate`). */
  recent?: boolean
  method: Method
  /** Under `/api/v1`, with parameters as `:name`. Further paths give the same answer, for old clients. */
  path: string
  aliases?: readonly { method: Method; path: string }[]
  params?: z.ZodObject
  query?: z.ZodObject
  body?: z.ZodType
  /** Without an output the answer is 204 without a body. */
  output?: z.ZodType
  /** The status of success; by default 200 with an output and 204 without one. */
  status?: 200 | 201 | 202
  /** The output may also be sent with this status: 202 when it is a job, 503 for health. */
  alsoStatus?: 202 | 503
  /** Errors that do not follow from access, method, parts of the input or `etag`. */
  errors?: readonly ErrorCode[]
  /** Operation endpoints answer `{success, data, message, timestamp}` with this message. */
  envelope?: string
  /** The `Location` of a created thing: `/tasks/:id`, filled from the output. */
  location?: string
  /**
   * The operation concerns one versioned resource: `ETag` with an output, `If-None-Match` on reads, `If-Match` on
   * writes.
   */
  etag?: boolean
  /** The answer carries `X-Event-Epoch` and `X-Event-Offset`, because events continue it. */
  positioned?: boolean
  /**
   * The body is multipart/form-data, with at most this many files in the field `file`, in addition to its other fields.
   */
  form?: { files: number }
  /**
   * Also a call over sockets under this name, for an operation that changes one thing: `{task_id, updates}`, answered
   * with `{task}` (see socket-operations.ts).
   */
  socket?: string
  /** How much of the caller's rate limit a call takes; 1 by default. A search takes more (`searchCost`). */
  cost?: number
  /** The call may wait for a server of somebody else. */
  callsOut?: boolean
  /** The answer leads a browser to another address. */
  redirect?: boolean
  /** The body is `application/x-www-form-urlencoded`. */
  urlEncoded?: boolean
  /** The answer is a file of one of these MIME types. */
  file?: readonly string[]
}

export type Operations = Record<string, Operation>

/** The type of an empty object forbids every key, and would do so for the combined type; `unknown` adds nothing. */
type Adding<T> = string extends keyof T ? unknown : T
type Parsed<T> = T extends z.ZodType ? Adding<z.output<T>> : unknown
type Raw<T> = T extends z.ZodType ? Adding<z.input<T>> : unknown

/** The argument of a service function: the parsed parts of the input, as one object. */
export type Input<O extends Operation> = Parsed<O['params']> & Parsed<O['query']> & Parsed<O['body']>

/** What a client has to send; fields with a default are optional. */
export type ClientInput<O extends Operation> = Raw<O['params']> & Raw<O['query']> & Raw<O['body']>

export type Output<O extends Operation> = O['output'] extends z.ZodType ? z.output<O['output']> : void

/** Keeps the literal types of a set of operations and checks their form. */
export const defineOperations = <const T extends Operations>(operations: T): T => operations

/** Payloads by event name. They contain only what everyone who may read the event may read. */
export type Events = Record<string, z.ZodObject>

/**
 * A kind of thing, defined once and completely. The list in resources.ts derives what the server, the SDK and the
 * documents need to know about each kind (events, rooms, activity, audience).
 */
export interface Resource {
  operations: Operations
  /**
   * In the singular. The names of its events begin with it, their payloads hold the thing under it, and the activity
   * uses it as the type of the subject.
   */
  name?: string
  /** The events that can happen to it. */
  events?: Events
  /** Sent in place of the single events of one bulk operation to sockets that ask for it (`auth.bulk`). */
  bulkEvents?: Events
  /**
   * The room that carries its events from all places that the member may see. Without a topic, they are only in
   * narrower rooms.
   */
  topic?: string
  /** Events about one person that administrators’ webhooks get of everybody. */
  eventsForAdmins?: readonly string[]
  /** Events that are not in the topic. */
  eventsOutsideTopic?: readonly string[]
  /**
   * The thing is in a project, or in none, and then everybody sees it. It is deleted with its project, and access to it
   * ends with access to the project.
   */
  isInProject?: boolean
  /**
   * The event that stands for the end of all contents of a thing; members of the topics of such contents must get it.
   */
  endOfContents?: string
  /**
   * The thing may be visible to its author only (a draft, a private video). For all others it then appears and
   * disappears by events.
   */
  mayBeAuthorOnly?: boolean
  /** Its events have entries in the activity. */
  isInActivity?: boolean
}

/** Keeps the literal types of a resource and checks its form. */
export const defineResource = <const T extends Resource>(resource: T): T => resource

type CreatedEvent<N extends string, S extends z.ZodType, E extends z.ZodRawShape> = z.ZodObject<
  { [K in N]: S } & E & { created_by: typeof id }
>
type UpdatedEvent<N extends string, S extends z.ZodType, E extends z.ZodRawShape> = z.ZodObject<
  { [K in `${N}_id`]: typeof id } & E & { [K in N]: S } & {
      updated_by: typeof id
      changed: z.ZodArray<z.ZodString>
    }
>
type DeletedEvent<N extends string, E extends z.ZodRawShape> = z.ZodObject<
  { [K in `${N}_id`]: typeof id } & E & { version: typeof version; deleted_by: typeof id }
>
type StandardEvents<N extends string, S extends z.ZodType, E extends z.ZodRawShape> = {
  [K in `${N}_created`]: CreatedEvent<N, S, E>
} & { [K in `${N}_updated`]: UpdatedEvent<N, S, E> } & { [K in `${N}_deleted`]: DeletedEvent<N, E> }

/**
 * The events of a thing that is created, updated and deleted.
 *
 * @param beside further fields of each payload, such as the place of the thing
 */
export function standardEvents<const N extends string, S extends z.ZodType, E extends z.ZodRawShape = {}>(
  name: N,
  shape: S,
  beside = {} as E,
): StandardEvents<N, S, E> {
  const ids = { [`${name}_id`]: id, ...beside }
  return {
    [`${name}_created`]: z.object({ [name]: shape, ...beside, created_by: id }),
    [`${name}_updated`]: z.object({ ...ids, [name]: shape, updated_by: id, changed: z.array(z.string()) }),
    [`${name}_deleted`]: z.object({ ...ids, version, deleted_by: id }),
  } as unknown as StandardEvents<N, S, E>
}
