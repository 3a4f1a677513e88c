import { APIError } from '../../../../contract/index.ts'
import { type Endpoint, endpoints } from './endpoints.ts'
import { headerParameters, parametersOf } from './parameters.ts'
import { requestBodyOf } from './request-body.ts'
import { responseHeaders, responsesOf } from './responses.ts'
import { createSchemas, type Json, type Schemas } from './schemas.ts'
import { permissionOf, securityOf, securitySchemes } from './security.ts'

export interface About {
  /** The version of the package. */
  version: string
  /** The URL at which people reach the server, if it is configured. */
  publicUrl: string | undefined
  /** The path of that URL, without a slash at its end. */
  basePath: string
}

export const license = { name: 'MIT', identifier: 'MIT' }

const description = `Every committed change reaches everyone who may see it, once, in order: over HTTP as described here,
live over Socket.IO as described in \`asyncapi.json\`.

Unknown fields and parameters are refused. Fields may be added to answers in later versions.`

/** The REST API as an OpenAPI 3.1 document, generated from the contract alone. */
export function openApi({ version, basePath }: About): Json {
  const schemas = createSchemas('draft-2020-12')
  const responses: Record<string, Json> = {}
  schemas.output(APIError)
  // Outputs are converted first, so that where the input differs, the input gets the longer name.
  const answers = endpoints.map(endpoint => responsesOf(endpoint, schemas, responses))
  const paths: Record<string, Json> = {}
  for (const [nth, endpoint] of endpoints.entries())
    (paths[endpoint.path] ??= {})[endpoint.method] = { ...requestOf(endpoint, schemas), responses: answers[nth] }
  return {
    openapi: '3.1.1',
    info: { title: 'Taskwire', version, description, license },
    // Relative to the host that the document came from.
    servers: [
      { url: `${basePath}/api/v1` },
      { url: `${basePath}/api`, description: 'The same, for clients that do not name a version' },
    ],
    tags: [...new Set(endpoints.map(({ resource }) => resource))].map(name => ({ name })),
    paths,
    components: {
      schemas: schemas.named,
      responses,
      parameters: headerParameters,
      headers: responseHeaders,
      securitySchemes,
    },
  }
}

function requestOf(endpoint: Endpoint, schemas: Schemas): Json {
  const { id, resource, operation } = endpoint
  const parameters = parametersOf(endpoint, schemas)
  const requestBody = requestBodyOf(operation, schemas)
  return {
    operationId: id,
    tags: [resource],
    summary: operation.summary,
    ...permissionOf(endpoint),
    security: securityOf(endpoint),
    ...(operation.cost !== undefined && { 'x-rate-limit-cost': operation.cost }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
  }
}
