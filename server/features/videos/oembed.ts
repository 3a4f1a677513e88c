import { limits, type ErrorCode, type Video, webAddress } from '../../../contract/index.ts'
import { unavailable } from '../../kernel/errors.ts'
import { type Outbound, type OutboundAnswer, OutboundError } from '../../ports/outbound.ts'
import type { KnownVideo } from './address.ts'

/** What a provider says about a video, cleaned for storage. */
export type Description = Pick<Video, 'title' | 'description' | 'author_name' | 'thumbnail_url' | 'duration_seconds'>

export type Found = { ok: true; video: Description } | { ok: false; code: ErrorCode; message: string }

/**
 * Asks a provider about a video.
 *
 * @throws AppError `unavailable` when asking again later may help
 */
export type Describe = (video: KnownVideo, signal?: AbortSignal) => Promise<Found>

const bounds = { timeoutMs: 10_000, maxBytes: 64 * 1024 }

/**
 * Titles, authors and pictures of videos, by oEmbed (oembed.com). Only these endpoints are ever called, with an address
 * that was built here. Their answers are untrusted text.
 */
export function createDescribe(outbound: Outbound, endpoints: Record<KnownVideo['provider'], string>): Describe {
  return async (video, signal) => {
    const url = new URL(endpoints[video.provider])
    url.searchParams.set('url', video.url)
    url.searchParams.set('format', 'json')
    try {
      const headers = { accept: 'application/json' }
      return judge(video, await outbound({ ...bounds, url: url.href, headers, ...(signal && { signal }) }))
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error
      if (error.reason === 'not_allowed') return refused('forbidden', 'This server may not call the provider.')
      if (error.reason === 'unreadable') return unintelligible
      throw unavailable(error)
    }
  }
}

const refused = (code: ErrorCode, message: string): Found => ({ ok: false, code, message })
const unintelligible = refused('unavailable', 'The provider’s answer cannot be read.')

function judge(video: KnownVideo, { status, headers, body, cut }: OutboundAnswer): Found {
  if (status === 429 || status === 408 || status >= 500) throw unavailable(new Error(`oEmbed answered ${status}`))
  if (status === 401 || status === 403) {
    return refused('forbidden', 'The video is private, or its owner does not let others show it.')
  }
  if (status === 400 || status === 404 || status === 410) return refused('not_found', 'There is no such video.')
  if (status !== 200 || cut || !/^(application|text)\/([\w.+-]+\+)?json\b/i.test(String(headers['content-type']))) {
    return unintelligible
  }
  const answer = parse(body)
  return answer ? { ok: true, video: describe(video, answer) } : unintelligible
}

function parse(body: Buffer): Record<string, unknown> | null {
  try {
    const answer: unknown = JSON.parse(body.toString())
    return typeof answer === 'object' && answer !== null && !Array.isArray(answer)
      ? (answer as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

const describe = (video: KnownVideo, answer: Record<string, unknown>): Description => ({
  title: line(answer['title'], limits.title) ?? video.url,
  description: fit(answer['description'], limits.description) ?? '',
  author_name: line(answer['author_name'], limits.personName),
  thumbnail_url: webAddress.safeParse(answer['thumbnail_url']).data ?? null,
  duration_seconds: seconds(answer['duration']),
})

/** Untrusted text, cut to the available length; null when it is not text. */
function fit(value: unknown, most: number): string | null {
  if (typeof value !== 'string') return null
  // A character that is cut in two is removed.
  const text = value
    .toWellFormed()
    .replaceAll('\0', '')
    .trim()
    .slice(0, most)
    .replace(/[\ud800-\udbff]$/, '')
  return text === '' ? null : text
}

const line = (value: unknown, most: number) =>
  typeof value === 'string' ? fit(value.replace(/\p{Cc}+/gu, ' '), most) : null

const seconds = (value: unknown) =>
  typeof value === 'number' && value >= 0 && value <= limits.videoSeconds ? Math.round(value) : null
