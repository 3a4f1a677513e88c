import type { ClientInput, Input, Operation, Operations, Output } from '../../contract/index.ts'

export interface CallOptions {
  signal?: AbortSignal
  /** Generated for every change unless given. Give one to repeat a call after a restart of your program. */
  idempotencyKey?: string
  /** Returned as `mutation_id` in the events that the call causes. */
  mutationId?: string
  /** `If-Match`: the call is refused with `version_conflict` when the thing has another version by now. */
  version?: number
}

type OneOrMany<T> = T extends readonly (infer Item)[] ? Item | readonly Item[] : T
/** Parameters in an address are sent as text; callers may pass the values that the server parses them to. */
type Given<Raw, Parsed> = unknown extends Raw ? OneOrMany<Parsed> : Raw | Parsed

/** The path, query and body of an operation as one flat object. */
export type CallInput<O extends Operation> = {
  [Name in keyof ClientInput<O>]: Given<ClientInput<O>[Name], Name extends keyof Input<O> ? Input<O>[Name] : never>
}

export type Call<O extends Operation> =
  {} extends CallInput<O>
    ? (input?: CallInput<O>, options?: CallOptions) => Promise<Output<O>>
    : (input: CallInput<O>, options?: CallOptions) => Promise<Output<O>>

/** One method for each operation of the contract. */
export type Calls<All extends Record<string, Operations>> = {
  readonly [Resource in keyof All]: { readonly [Name in keyof All[Resource]]: Call<All[Resource][Name]> }
}

export interface WireCall {
  method: string
  /** The path below `/api/v1`, with its query. */
  path: string
  body: Record<string, unknown> | undefined
}

const keysOf = (schema: Operation['params'] | Operation['query']) => Object.keys(schema?.shape ?? {})

/**
 * Splits the flat input into its parts. Fields that the contract does not know are sent too, so that the server refuses
 * them by name.
 */
export function wireCall(operation: Operation, input: Record<string, unknown> = {}): WireCall {
  const rest = { ...input }
  let path = operation.path
  for (const name of keysOf(operation.params)) {
    path = path.replace(`:${name}`, encodeURIComponent(String(rest[name])))
    delete rest[name]
  }
  const query = new URLSearchParams()
  const inQuery = operation.body ? keysOf(operation.query) : Object.keys(rest)
  for (const name of inQuery) {
    for (const value of [rest[name]].flat()) if (value !== undefined) query.append(name, String(value))
    delete rest[name]
  }
  const search = query.size > 0 ? `?${query}` : ''
  return { method: operation.method.toUpperCase(), path: path + search, body: operation.body ? rest : undefined }
}
