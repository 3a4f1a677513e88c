import { z } from 'zod'
import type { Operation, Resource } from './define.ts'
import { limits } from './limits.ts'
import { id, version } from './primitives.ts'
import { resources, type Together } from './resources.ts'

/** The same options that a REST client sends in headers; a socket has no headers per call. */
const asHeader = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\x20-\x7e]+$/, `must have 1 to ${max} printable ASCII characters`)

const options = {
  version: version.optional(),
  mutation_id: asHeader(limits.mutationId).optional(),
  traceparent: asHeader(limits.traceparent).optional(),
  idempotency_key: asHeader(limits.idempotencyKey).optional(),
}

type CallOf<N extends string, O> = O extends { body: infer B extends z.ZodType; output: infer A extends z.ZodType }
  ? {
      summary: string
      input: z.ZodObject<{ [I in `${N}_id`]: typeof id } & { updates: B } & typeof options, z.core.$strict>
      output: z.ZodObject<{ [I in N]: A }>
    }
  : never
type CallsOf<R> = R extends { name: infer N extends string; operations: infer O }
  ? { [K in keyof O as O[K] extends { socket: infer E extends string } ? E : never]: CallOf<N, O[K]> }
  : never
type Resources = typeof resources

/** An operation that can be called over sockets, with its place in the contract. */
export interface SocketOperation {
  /** The name of the call. */
  event: string
  resource: keyof Resources
  operationName: string
  operation: Operation
  /** The thing that it changes; the answer has it under this name. */
  thing: string
}

export const socketOperations: readonly SocketOperation[] = Object.entries<Resource>(resources).flatMap(
  ([resource, { name: thing, operations }]) =>
    Object.entries(operations).flatMap(([operationName, operation]) =>
      operation.socket !== undefined && thing !== undefined
        ? { event: operation.socket, resource: resource as keyof Resources, operationName, operation, thing }
        : [],
    ),
)

const rest = ({ method, path }: Operation) => `${method.toUpperCase()} ${path.replace(/:(\w+)/g, '{$1}')}`

/** These operations as calls over sockets. */
export const operationCalls = Object.fromEntries(
  socketOperations.map(({ event, operation, thing }) => [
    event,
    {
      summary: `${operation.summary}: the same as ${rest(operation)}`,
      input: z.strictObject({ [`${thing}_id`]: id, updates: operation.body!, ...options }),
      output: z.object({ [thing]: operation.output! }),
    },
  ]),
) as unknown as Together<CallsOf<Resources[keyof Resources]>>
