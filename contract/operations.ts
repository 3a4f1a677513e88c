import { apiKeys } from './api-keys.ts'
import { resourcesOfApi } from './api-resources.ts'

export { transfers } from './api-resources.ts'

// Beside the others, because its permissions are made of them.
const apiResources = { ...resourcesOfApi, apiKeys } as const
export type ApiResources = typeof apiResources

/** Every operation of the REST API, by resource. */
export const operations = Object.fromEntries(
  Object.entries(apiResources).map(([name, resource]) => [name, resource.operations]),
) as { [R in keyof ApiResources]: ApiResources[R]['operations'] }
