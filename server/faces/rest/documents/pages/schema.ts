import { type Html, html, inline } from './html.ts'

/** A schema of the documents, of which only the parts that occur there are shown. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  examples?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  contentMediaType?: string
  [bound: string]: unknown
}

const nameIn = (ref: string) => ref.split('/').at(-1)!

/** A link to a named schema on the same page. */
export const linkTo = (name: string): Html => html`<a href="#schema-${name}"><code>${name}</code></a>`

const value = (one: unknown) => html`<code>${JSON.stringify(one)}</code>`
const joined = (all: Html[], between: string) =>
  html`${all.map((one, nth) => (nth === 0 ? one : html`${between}${one}`))}`

/** The type of a value in a few words: `integer or null`, `list of Task`. */
function typeOf(schema: Schema): Html {
  const { $ref, type, anyOf, oneOf, allOf, items, format, contentMediaType } = schema
  if ($ref !== undefined) return linkTo(nameIn($ref))
  if ('const' in schema) return value(schema.const)
  if (schema.enum) return joined(schema.enum.map(value), ' | ')
  const choices = anyOf ?? (properties(schema).length === 0 ? oneOf : undefined)
  if (choices) return joined(choices.map(typeOf), ' or ')
  if (allOf) return joined(allOf.filter(one => one.$ref !== undefined).map(typeOf), ' with ')
  if (type === 'array') return items ? html`list of ${typeOf(items)}` : html`list`
  if (type === undefined) return html`anything`
  return html`${[type].flat().join(' or ')}${format === undefined ? '' : ` (${format})`}${contentMediaType && ` (${contentMediaType})`}`
}

const bounds: Record<string, (limit: unknown) => string> = {
  minimum: limit => `at least ${limit}`,
  exclusiveMinimum: limit => `more than ${limit}`,
  maximum: limit => `at most ${limit}`,
  minLength: limit => `at least ${limit} characters`,
  maxLength: limit => `at most ${limit} characters`,
  minItems: limit => `at least ${limit} items`,
  maxItems: limit => `at most ${limit} items`,
  pattern: limit => `matches ${limit}`,
}

function notesOf(schema: Schema): Html {
  // Of a choice, the bounds of what is not null.
  const places = [schema, ...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])]
  const notes = places.flatMap(place =>
    Object.entries(bounds).flatMap(([name, say]) => (place[name] === undefined ? [] : [say(place[name])])),
  )
  const kept = 'default' in schema ? html`default ${value(schema.default)}` : null
  const example = schema.examples ? html`for example ${value(schema.examples[0])}` : null
  const all = [...new Set(notes)].map(note => html`${note}`).concat([kept, example].filter(one => one !== null))
  return all.length === 0 ? html`` : html` <small>${joined(all, ', ')}</small>`
}

const properties = (schema: Schema) => Object.entries(schema.properties ?? {})

/** The object inside: of a list its items, of a choice the first one with fields. */
const inside = (schema: Schema): Schema | undefined =>
  [schema, schema.items, ...(schema.anyOf ?? []), ...(schema.allOf ?? [])].find(
    one => one !== undefined && one.$ref === undefined && properties(one).length > 0,
  ) ??
  (schema.items && inside(schema.items))

/** A named value, such as a field or a parameter, with what it may be. */
export const fieldView = (name: string, schema: Schema, isRequired: boolean, description = schema.description): Html =>
  html`<li>
    <code class="name">${name}</code>
    <span class="type">${typeOf(schema)}</span>${isRequired && html` <em>required</em>`}${notesOf(schema)}
    ${description !== undefined && html`<div class="hint">${inline(description)}</div>`} ${fieldsOf(schema)}
  </li>`

function fieldsOf(schema: Schema): Html | false {
  const object = inside(schema)
  if (!object) return false
  const { required = [], oneOf } = object
  return html`<ul class="fields">
    ${properties(object).map(([name, one]) => fieldView(name, one, required.includes(name)))}
    ${
      oneOf &&
      html`<li class="hint">
        Exactly one of
        ${joined(
          oneOf.map(one => html`${(one.required ?? []).join(' + ')}`),
          ', ',
        )}
      </li>`
    }
  </ul>`
}

/** A whole schema: its type, and its fields when it is an object. */
export function schemaView(schema: Schema): Html {
  const fields = fieldsOf(schema)
  const isPlain = schema.type === 'object' && fields !== false
  return html`${!isPlain && html`<p><span class="type">${typeOf(schema)}</span>${notesOf(schema)}</p>`}${fields}`
}

/** All named schemas, each with an anchor. */
export const schemasView = (schemas: Record<string, Schema>): Html =>
  html`<section>
    <h2 id="schemas">Schemas</h2>
    ${Object.entries(schemas)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(
        ([name, schema]) =>
          html`<article>
            <h3 id="schema-${name}"><code>${name}</code></h3>
            ${schema.description !== undefined && html`<p>${inline(schema.description)}</p>`} ${schemaView(schema)}
          </article>`,
      )}
  </section>`
