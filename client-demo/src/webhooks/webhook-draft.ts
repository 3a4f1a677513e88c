import type { Webhook } from '../../../sdk/index.ts'
import { isServerEvent } from './words.ts'

/** The fields of the form. */
export interface WebhookDraft {
  url: string
  description: string
  isForAll: boolean
  /** The chosen names of the server's events, with spaces between. */
  names: string
  /** Those of applications, as they were typed. */
  others: string
  ordered: boolean
}

export const webhookFields = [
  'url',
  'description',
  'isForAll',
  'names',
  'others',
  'ordered',
] as const satisfies readonly (keyof WebhookDraft)[]
export type WebhookField = (typeof webhookFields)[number]

export const newWebhook: WebhookDraft = {
  url: '',
  description: '',
  isForAll: true,
  names: '',
  others: '',
  ordered: false,
}

export const wordsIn = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean))]
export const asWords = (names: readonly string[]): string => names.toSorted().join(' ')

export const draftOf = ({ url, description, events, ordered }: Webhook): WebhookDraft => ({
  url,
  description: description ?? '',
  isForAll: events.includes('*'),
  names: asWords(events.filter(isServerEvent)),
  others: events.filter(name => name !== '*' && !isServerEvent(name)).join(' '),
  ordered,
})

/** As the server is told. */
export const asSent = ({ url, description, isForAll, names, others, ordered }: WebhookDraft) => ({
  url: url.trim(),
  description: description.trim() || null,
  events: isForAll ? ['*'] : [...new Set([...wordsIn(names), ...wordsIn(others)])],
  ordered,
})

const sentBy: Record<WebhookField, keyof ReturnType<typeof asSent>> = {
  url: 'url',
  description: 'description',
  isForAll: 'events',
  names: 'events',
  others: 'events',
  ordered: 'ordered',
}

/** What was edited: the rest others may have changed since. */
export function changesOf(edited: readonly WebhookField[], draft: WebhookDraft): Partial<ReturnType<typeof asSent>> {
  const all = asSent(draft)
  return Object.fromEntries(edited.map(field => [sentBy[field], all[sentBy[field]]]))
}
