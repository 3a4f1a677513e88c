import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import { id, version } from './primitives.ts'

/** Who may call an operation at all; what they may do with a certain thing is its feature's policy. */
export type Access = 'public' | 'user' | 'admin'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/**
 * One thing that a client can ask for, defined once and read by four: validation, types, documents (OpenAPI, AsyncAPI)
 * and the SDK. The three parts of the input arrive apart (path, query, body) and are handed to the service as one object.
 */
export interface Operation {
  summary: string
  access: Access
  method: Method
  /** Under `/api/v1`; parameters as `:name`. Further paths answer the same, for old clients. */
  path: string
  aliases?: readonly { method: Method; path: string }[]
  params?: z.ZodObject
  query?: z.ZodObject
  body?: z.ZodType
  /** Without one, the answer is 204 with no body. */
  output?: z.ZodType
  /** Status of success; 200 with an output and 204 without one unless said otherwise. */
  status?: 200 | 201 | 202
  /** The output may also come with this status. */
  alsoStatus?: 503
  /** Errors that follow from nothing else here: from neither access, method, parts of the input nor `etag`. */
  errors?: readonly ErrorCode[]
  /** Operation endpoints answer `{success, data, message, timestamp}` with this message. */
  envelope?: string
  /** Of a created thing, for `Location`: `/tasks/:id`, filled from the output. */
  location?: string
  /** It is about one versioned resource: `ETag` with an output, `If-None-Match` on reads, `If-Match` on writes. */
  etag?: boolean
  /** Reads of the event log's world carry `X-Event-Epoch` and `X-Event-Offset`. */
  positioned?: boolean
  /** The body comes as multipart/form-data, with at most so many files in the field `file` beside its fields. */
  form?: { files: number }
  /** It answers with a file, which has one of these MIME types. */
  file?: readonly string[]
}

export type Operations = Record<string, Operation>

/** An empty object's type forbids every key, and so would poison the whole; it adds nothing instead. */
type Adding<T> = string extends keyof T ? unknown : T
type Parsed<T> = T extends z.ZodType ? Adding<z.output<T>> : unknown
type Raw<T> = T extends z.ZodType ? Adding<z.input<T>> : unknown

/** What a service function is given: the parts of the input, parsed, as one object. */
export type Input<O extends Operation> = Parsed<O['params']> & Parsed<O['query']> & Parsed<O['body']>

/** What a client has to send: defaults are optional. */
export type ClientInput<O extends Operation> = Raw<O['params']> & Raw<O['query']> & Raw<O['body']>

export type Output<O extends Operation> = O['output'] extends z.ZodType ? z.output<O['output']> : void

/** Keeps the literal types of a set of operations and checks their form. */
export const defineOperations = <const T extends Operations>(operations: T): T => operations

/** Payloads by event name. They hold only what everyone who may read the event may read. */
export type Events = Record<string, z.ZodObject>

/**
 * A kind of thing, defined once and whole. What the server, the SDK and the documents have of each kind (events, rooms,
 * activity, who hears of what) is derived from the list in resources.ts.
 */
export interface Resource {
  operations: Operations
  /** In the singular: its events begin with it, their payloads hold it by this name, and activity calls it so. */
  name?: string
  /** What can happen to it. */
  events?: Events
  /** In place of the single events of one bulk operation, for sockets that ask for it (`auth.bulk`). */
  bulkEvents?: Events
  /** The room in which its events come from wherever the member may see it. Without one they only come in narrower rooms. */
  topic?: string
  /** Events that are not in the topic. */
  eventsOutsideTopic?: readonly string[]
  /** It is in a project or in none, where everybody sees it; with the project it goes, and with it the right to see it. */
  isInProject?: boolean
  /** The event that stands for the end of all that is in one: whoever watches the topic of such things must hear it. */
  endOfContents?: string
  /** For a time its author alone may see it (a draft, a private video): to all others it comes and goes by events. */
  mayBeAuthorOnly?: boolean
  /** What happens to it stands in the activity. */
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
 * @param beside further fields of each payload, such as where the thing is
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
