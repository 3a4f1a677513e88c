import type { z } from 'zod'

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
  /** Operation endpoints answer `{success, data, message, timestamp}` with this message. */
  envelope?: string
  /** Of a created thing, for `Location`: `/tasks/:id`, filled from the output. */
  location?: string
  /** The output is one versioned resource: `ETag`, `If-None-Match` on reads, `If-Match` on writes. */
  etag?: boolean
  /** Reads of the event log's world carry `X-Event-Epoch` and `X-Event-Offset`. */
  positioned?: boolean
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
