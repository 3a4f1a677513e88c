import { type Method, type Operation, operations, transfers } from '../../../../contract/index.ts'

/** An operation at one of its paths. */
export interface Endpoint {
  /** A stable id, as the SDK calls the operation: `tasks.list`; at a further path the method is appended. */
  id: string
  resource: string
  operation: Operation
  method: Method
  /** With parameters in braces: `/tasks/{id}`. */
  path: string
}

/** Everything that can be called over HTTP, under `/api/v1`. */
export const endpoints: readonly Endpoint[] = [operations, transfers].flatMap(sets =>
  Object.entries(sets).flatMap(([resource, set]) =>
    Object.entries<Operation>(set).flatMap(([name, operation]) => addressesOf(resource, name, operation)),
  ),
)

function addressesOf(resource: string, name: string, operation: Operation): Endpoint[] {
  return [operation, ...(operation.aliases ?? [])].map(({ method, path }, nth) => ({
    id: `${resource}.${name}${nth === 0 ? '' : `.${method}`}`,
    resource,
    operation,
    method,
    path: path.replace(/:(\w+)/g, '{$1}'),
  }))
}
