import type { Operation } from '../../../contract/index.ts'

/** Names of fields whose values open something for whoever knows them. */
const secretName = /token(?!_type)|secret|password|csrf|reset_link|invite_link|(?:^|_)link$/i

/** Whether what an operation answers would open something for whoever reads it: tokens, links that sign somebody in. */
export function answersSecrets({ path, output }: Pick<Operation, 'path' | 'output'>): boolean {
  if (path.startsWith('/auth/')) return true
  return output !== undefined && namesIn(output.toJSONSchema({ unrepresentable: 'any' })).some(isSecretName)
}

const isSecretName = (name: string) => secretName.test(name)

/** Names of all fields that a schema describes, however deep. */
function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties } = schema as { properties?: object }
  return [...Object.keys(properties ?? {}), ...Object.values(schema).flatMap(namesIn)]
}
