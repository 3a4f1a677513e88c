import { webhookEventNames, type DeliveryStatus, type Webhook } from '../../../sdk/index.ts'

/** What people call a webhook: what it is for, if they have said so, else where it leads. */
export const webhookName = ({ description, url }: Pick<Webhook, 'description' | 'url'>): string =>
  description?.trim() || url.replace(/^https?:\/\//, '')

const stops: Record<NonNullable<Webhook['disabled_reason']>, string> = {
  owner: 'It is off.',
  gone: 'It was stopped: the receiver answered that it is gone (410).',
  failing: 'It was stopped: no delivery has succeeded for days.',
  secret: 'It was stopped: its secret cannot be read any more. Make a new one.',
}

/** Why nothing is sent; null while it is. */
export const whyStopped = ({ enabled, disabled_reason: reason }: Webhook): string | null =>
  enabled ? null : stops[reason ?? 'owner']

export const deliveryNames: Record<DeliveryStatus, string> = {
  pending: 'Waiting',
  delivered: 'Delivered',
  failed: 'Given up',
  skipped: 'Not sent',
}

/** The names of events that the server has, by the thing that they are about. */
export const eventsByThing: readonly [thing: string, names: readonly string[]][] = Object.entries(
  Object.groupBy(webhookEventNames, name => name.split('.', 1)[0]!),
).map(([thing, names = []]) => [thing, names])

const known: ReadonlySet<string> = new Set(webhookEventNames)
export const isServerEvent = (name: string): boolean => known.has(name)

/** What a webhook gets. @param most so many names at most */
export function eventsInWords(events: readonly string[], most = 3): string {
  if (events.includes('*')) return 'everything that happens'
  if (events.length <= most) return events.join(', ')
  return `${events.slice(0, most - 1).join(', ')} and ${events.length - most + 1} more`
}
