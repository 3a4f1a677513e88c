import { z } from 'zod'
import type { Resource } from './define.ts'
import { id } from './primitives.ts'
import { type EventName, resources } from './resources.ts'

/**
 * The name of an event for webhooks, with a dot: `task_created` is `task.created`. Made from the contract: what happened
 * stands after the name of the thing, and the event that is only called like the thing is its creation.
 */
function dotted(thing: string, event: string): string {
  const own = new RegExp(`^${thing}s?(?:_(\\w+))?$`).exec(event)
  return own ? `${thing}.${own[1] ?? 'created'}` : event.replace('_', '.')
}

/** The name with a dot of each event of the log. */
export const dottedNames = Object.fromEntries(
  Object.values<Resource>(resources).flatMap(({ name, events: own = {} }) =>
    Object.keys(own).map(event => [event, dotted(name ?? '', event)]),
  ),
) as Record<EventName, string>

/** Further names under which webhooks may ask for an event. */
const otherNames: Record<string, EventName> = { 'video.uploaded': 'video_created' }

const loggedNames: ReadonlyMap<string, EventName> = new Map([
  ...Object.entries(otherNames),
  ...Object.entries(dottedNames).map(([event, name]) => [name, event as EventName] as const),
])

/** Every name that webhooks may ask for, besides `*` and those of application events. */
export const webhookEventNames: readonly string[] = [...loggedNames.keys()].toSorted()

const namespaceOf = (name: string) => name.split(/[._]/, 1)[0]!.toLowerCase()
/** What begins with one of these is the server's own, now or later. */
const ownNamespaces = new Set([
  'webhook',
  ...webhookEventNames.map(namespaceOf),
  ...Object.values<Resource>(resources).flatMap(({ name }) => name ?? []),
])

const longestName = 100
const grammar = /^[a-z]\w*(?:\.\w+)+$/i

/** An event that an application publishes. It is called by its own name, in the log and on sockets. */
export type ApplicationEventName = `${string}.${string}`

/** The payload of an application event. */
export const ApplicationEvent = z
  .object({ name: z.string(), data: z.unknown().describe('What the application gave'), published_by: id })
  .meta({ id: 'ApplicationEvent' })
export type ApplicationEvent = Omit<z.output<typeof ApplicationEvent>, 'name'> & { name: ApplicationEventName }

/**
 * The name of an event that applications publish: words of letters, digits and underscores, joined by dots, at least
 * two; it does not begin with the name of a thing of ours.
 */
export const isApplicationEvent = (name: string): name is ApplicationEventName =>
  name.length <= longestName && grammar.test(name) && !ownNamespaces.has(namespaceOf(name))

const isWebhookEvent = (name: string) => name === '*' || loggedNames.has(name) || isApplicationEvent(name)

const mostNames = 100

/** The events that a webhook asks for. The error names those that are none. */
export const WebhookEvents = z
  .array(z.string().max(longestName))
  .min(1)
  .max(mostNames)
  .refine(names => names.every(isWebhookEvent), {
    error: issue => {
      const unknown = (issue.input as string[]).filter(name => !isWebhookEvent(name))
      return `has names of no event: ${unknown.slice(0, 10).join(', ')}`
    },
  })
  .overwrite(names => [...new Set(names)])
  .meta({ examples: [['task.created', 'payment.completed'], ['*']] })

/** The names in the log of what a webhook asked for; null when it asked for everything. */
export const loggedNamesOf = (asked: readonly string[]): string[] | null =>
  asked.includes('*') ? null : asked.map(name => loggedNames.get(name) ?? name)

/** All names under which webhooks may ask for an event, besides `*`. */
export const webhookNamesOf = (event: string): string[] => [
  dottedNames[event as EventName] ?? event,
  ...Object.keys(otherNames).filter(name => otherNames[name] === event),
]

/** The name under which a webhook gets an event: the one that it asked for. */
export function webhookTypeOf(event: string, asked: readonly string[]): string {
  const name = dottedNames[event as EventName] ?? event
  if (asked.includes('*') || asked.includes(name)) return name
  return asked.find(other => otherNames[other] === event) ?? name
}
