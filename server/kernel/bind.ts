import type { z } from 'zod'
import {
  type FieldErrors,
  type Input,
  type Operation,
  type Operations,
  type Output,
  type Resource,
} from '../../contract/index.ts'
import { assertCan } from './can.ts'
import { checkForm } from './check-form.ts'
import { AppError } from './errors.ts'
import { issueMessage } from './issue-message.ts'
import type { PublicScope, Scope, SessionScope } from './scope.ts'

/** The parts of a request as received, unchecked. */
export interface RawInput {
  params?: unknown
  query?: unknown
  body?: unknown
}

type ScopeOf<O extends Operation> = O['access'] extends 'public'
  ? PublicScope
  : O extends { key: 'never' }
    ? SessionScope
    : Scope

/** One function for each operation of a resource. A missing one is a compile error. */
export type Handlers<R extends Resource> = HandlersOf<R['operations']>

type HandlersOf<T extends Operations> = {
  [K in keyof T]: (scope: ScopeOf<T[K]>, input: Input<T[K]>) => Promise<Output<T[K]>>
}

export type Bound = (scope: PublicScope, raw: RawInput) => Promise<unknown>

/**
 * The one way into a service function, from every door. Checks first who may call, then the input, then calls the
 * handler.
 *
 * @throws AppError `unauthenticated`, `forbidden`, `validation_error`, and what the handler throws
 */
export function bind(operation: Operation, handler: (scope: never, input: never) => Promise<unknown>): Bound {
  const call = handler as (scope: PublicScope, input: object) => Promise<unknown>
  return (scope, raw) => {
    assertCan(scope, operation)
    return call(scope, {
      ...parsePart(operation.params, raw.params, 'path'),
      ...parsePart(operation.query, raw.query, 'query'),
      ...parsePart(operation.body, raw.body, 'body'),
    })
  }
}

function parsePart(schema: z.ZodType | undefined, value: unknown, part: string): object {
  const given = value === undefined ? {} : value
  if (schema) return parse(schema, given, part) as object
  const [stray] = given !== null && typeof given === 'object' ? Object.keys(given) : [part]
  if (stray !== undefined)
    throw new AppError('validation_error', `Nothing is expected in the ${part}.`, {
      fields: { [stray]: ['is not known'] },
    })
  return {}
}

/** Parses the input. @throws AppError `validation_error`, with each invalid field by its name (`updates.title`) */
export function parse<T extends z.ZodType>(schema: T, value: unknown, part = 'body'): z.output<T> {
  checkForm(value, part)
  const result = schema.safeParse(value, { reportInput: true, error: issueMessage })
  if (result.success) return result.data
  throw new AppError('validation_error', 'The request is not valid.', { fields: fieldErrors(result.error, part) })
}

function fieldErrors(error: z.ZodError, part: string): FieldErrors {
  const fields: FieldErrors = Object.create(null)
  /** The names of everything that contains a field with a fault. */
  const wholes = new Set<string>()
  const add = (path: PropertyKey[], message: string) => {
    // A parameter keeps the name under which it was sent, also when it was repeated.
    const named = part === 'query' ? path.slice(0, 1) : path
    const name = named.length > 0 ? named.map(String).join('.') : part
    for (let depth = 1; depth < named.length; depth++) wholes.add(named.slice(0, depth).map(String).join('.'))
    // Only the first fault of a field counts; further ones follow from it.
    fields[name] ??= [message]
  }
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys') for (const key of issue.keys) add([...issue.path, key], 'is not known')
    else if (issue.input === undefined) add(issue.path, 'is required')
    else if (part === 'query' && issue.code === 'invalid_type' && Array.isArray(issue.input))
      add(issue.path, 'may be given only once')
    else add(issue.path, issue.message)
  }
  // What is wrong with a whole mostly follows from what is wrong with its parts.
  for (const name of wholes) delete fields[name]
  return fields
}
