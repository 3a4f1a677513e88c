import type { Operation } from '../../../contract/index.ts'

/** The names of fields whose values grant access to whoever knows them. */
const secretName = /^key$|token(?!_type)|secret|password|csrf|reset_link|invite_link|(?:^|_)link$/i

/** Whether the output of an operation contains secrets: tokens, or links that sign somebody in. */
export function answersSecrets({ path, output }: Pick<Operation, 'path' | 'output'>): boolean {
  if (path.startsWith('/auth/')) return true
  return output !== undefined && namesIn(output.toJSONSchema({ unrepresentable: 'any' })).some(isSecretName)
}

const isSecretName = (name: string) => secretName.test(name)

/** The names of all fields that a schema describes, at any depth. */
function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties } = schema as { properties?: object }
  return [...Object.keys(properties ?? {}), ...Object.values(schema).flatMap(namesIn)]
}
