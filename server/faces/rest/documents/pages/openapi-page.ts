import { openApi, type About } from '../openapi.ts'
import { type Html, html, inline } from './html.ts'
import { layout } from './layout.ts'
import { fieldView, linkTo, type Schema, schemasView, schemaView } from './schema.ts'

interface Parameter {
  name: string
  in: string
  description?: string
  required?: boolean
  schema: Schema
}
interface Content {
  [type: string]: { schema: Schema }
}
interface Response {
  description: string
  content?: Content
}
interface Operation {
  operationId: string
  tags: string[]
  summary: string
  security: Record<string, []>[]
  parameters?: (Parameter | Ref)[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, Response | Ref>
  'x-rate-limit-cost'?: number
}
interface Ref {
  $ref: string
}
interface Document {
  info: { title: string; version: string; description: string }
  servers: { url: string; description?: string }[]
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    parameters: Record<string, Parameter>
    responses: Record<string, Response>
  }
}

/** The REST API for people: everything of openapi.json, generated from it. */
export function openApiPage(about: About): string {
  const document = openApi(about) as unknown as Document
  const { info, tags, components } = document
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  )
  const ofTag = (tag: string) => operations.filter(one => one.tags.includes(tag))
  return layout({
    title: `${info.title} REST API`,
    version: info.version,
    description: info.description,
    basePath: about.basePath,
    document: '/openapi.json',
    other: { path: '/docs/events', name: 'Events and calls over Socket.IO' },
    groups: tags.map(({ name }) => ({
      name,
      anchor: `tag-${name}`,
      entries: ofTag(name).map(({ operationId, summary }) => ({ anchor: operationId, name: summary })),
    })),
    content: html`
      <p>
        Addresses are below
        ${document.servers.map((server, nth) => html`${nth > 0 && ' or '}<code>${server.url}</code>`)}. Every answer has
        the headers that <a href="${about.basePath}/openapi.json">openapi.json</a> lists; an error is
        ${linkTo('APIError')}.
      </p>
      ${tags.map(
        ({ name }) =>
          html`<section>
            <h2 id="tag-${name}">${name}</h2>
            ${ofTag(name).map(operation => operationView(operation, components))}
          </section>`,
      )}
      ${schemasView(components.schemas)}
    `,
  })
}

function operationView(
  operation: Operation & { path: string; method: string },
  components: Document['components'],
): Html {
  const { operationId, summary, method, path, requestBody, responses, parameters = [] } = operation
  const found = parameters.map(one => ('$ref' in one ? components.parameters[one.$ref.split('/').at(-1)!]! : one))
  const cost = operation['x-rate-limit-cost']
  return html`<article>
    <h3 id="${operationId}">${summary}</h3>
    <p class="address"><b class="method ${method}">${method.toUpperCase()}</b> <code>${path}</code></p>
    <p class="hint">
      <code>${operationId}</code>,
      ${accessOf(operation)}${cost !== undefined && `, costs ${cost} calls of the rate limit`}
    </p>
    ${['path', 'query', 'header'].map(place => {
      const here = found.filter(one => one.in === place)
      if (here.length === 0) return null
      return html`<h4>${{ path: 'In the address', query: 'Query', header: 'Headers' }[place]}</h4>
        <ul class="fields">
          ${here.map(one => fieldView(one.name, one.schema, one.required === true, one.description))}
        </ul>`
    })}
    ${
      requestBody &&
      html`<h4>Body</h4>
        ${contentView(requestBody.content)}`
    }
    <h4>Answers</h4>
    <ul class="fields">
      ${Object.entries(responses).map(([status, one]) =>
        responseView(status, '$ref' in one ? components.responses[one.$ref.split('/').slice(3).join('/')]! : one),
      )}
    </ul>
  </article>`
}

const names: Record<string, string> = {
  bearer: 'Bearer token',
  cookie: 'cookie',
  csrf: 'X-CSRF-Token',
  refreshCookie: 'cookie',
}

const accessOf = ({ security }: Operation): string =>
  security.length === 0
    ? 'public'
    : security
        .map(one => Object.keys(one).map(scheme => names[scheme] ?? scheme))
        .map(schemes => (schemes.length === 0 ? 'nothing' : schemes.join(' with ')))
        .join(' or ')

function responseView(status: string, { description, content }: Response): Html {
  const isError = Number(status) >= 400
  return html`<li>
    <code class="name">${status}</code> ${inline(description)} ${content && !isError && contentView(content)}
  </li>`
}

const contentView = (content: Content): Html =>
  html`${Object.entries(content).map(
    ([type, { schema }]) =>
      html`${type !== 'application/json' && html`<p><code>${type}</code></p>`}${schemaView(schema)}`,
  )}`
