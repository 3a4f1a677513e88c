import { unwrapped } from '../../../contract/index.ts'

/** A video on YouTube or Vimeo, identified by its address. */
export interface KnownVideo {
  provider: 'youtube' | 'vimeo'
  id: string
  /** Its canonical address there, whatever address was given. */
  url: string
}

/** Why an address is not that of a video, in words for the person who gave it. */
export class AddressError extends Error {}

type Reader = (url: URL) => KnownVideo | null

const youtube = (id: string | null | undefined): KnownVideo | null =>
  id && /^[\w-]{11}$/.test(id) && !notIds.has(id)
    ? { provider: 'youtube', id, url: `https://www.youtube.com/watch?v=${id}` }
    : null
/** Where an id stands in other addresses; also the length of an id. */
const notIds = new Set(['videoseries', 'live_stream'])

const isKey = (part: string | null | undefined) => part !== undefined && part !== null && /^[\da-f]{8,40}$/i.test(part)

const vimeo = (id: string | null | undefined, key?: string | null): KnownVideo | null => {
  if (!id || !/^[1-9]\d{0,11}$/.test(id)) return null
  // An unlisted video is found only with its key, which is a hexadecimal number; other words there are pages about the
  // video.
  const suffix = isKey(key) ? `/${key}` : ''
  return { provider: 'vimeo', id, url: `https://vimeo.com/${id}${suffix}` }
}

const partsOf = ({ pathname }: URL) => pathname.split('/').filter(part => part !== '')

const onYoutube: Reader = url => {
  const [first, second] = partsOf(url)
  if (first === 'watch' && second === undefined) {
    const [id, another] = url.searchParams.getAll('v')
    return another === undefined ? youtube(id) : null
  }
  return ['watch', 'shorts', 'embed', 'live', 'v', 'e'].includes(first ?? '') ? youtube(second) : null
}

/** Where the makers of a video see it. */
const onYoutubeStudio: Reader = url => {
  const [first, id] = partsOf(url)
  return first === 'video' ? youtube(id) : null
}

const onShortYoutube: Reader = url => youtube(partsOf(url)[0])

const onVimeo: Reader = url => {
  const [first, second, third, fourth] = partsOf(url)
  switch (first) {
    case 'channels':
      return vimeo(third)
    case 'groups':
      return third === 'videos' ? vimeo(fourth) : null
    case 'showcase':
    case 'album':
      return third === 'video' ? vimeo(fourth) : third === undefined ? vimeo(url.searchParams.get('video')) : null
    case 'manage':
      return second === 'videos' ? vimeo(third, fourth) : null
    case 'video':
      return vimeo(second, third ?? url.searchParams.get('h'))
    // What follows there is a key to the review, not to the video.
    case 'review':
      return vimeo(second)
    case 'reviews':
      return third === 'videos' ? vimeo(fourth) : null
    case 'ondemand':
      return second ? vimeo(third) : null
    default:
      if (second === 'review') return vimeo(third)
      return vimeo(first, isKey(second) ? second : url.searchParams.get('h'))
  }
}

const onVimeoPlayer: Reader = url => {
  const [first, id] = partsOf(url)
  return first === 'video' ? vimeo(id, url.searchParams.get('h')) : null
}

const readers: ReadonlyMap<string, Reader> = new Map([
  ...['youtube.com', 'www.youtube.com', 'm.youtube.com', 'music.youtube.com'].map(host => [host, onYoutube] as const),
  ...['youtube-nocookie.com', 'www.youtube-nocookie.com'].map(host => [host, onYoutube] as const),
  ['studio.youtube.com', onYoutubeStudio],
  ...['www.youtubekids.com', 'gaming.youtube.com'].map(host => [host, onYoutube] as const),
  ...['youtu.be', 'www.youtu.be'].map(host => [host, onShortYoutube] as const),
  ...['vimeo.com', 'www.vimeo.com'].map(host => [host, onVimeo] as const),
  ['player.vimeo.com', onVimeoPlayer],
])

/** What follows an address in a sentence. An id may end in `_` or `-`. */
const punctuation = /[\s\p{Cf}\p{Pe}\p{Pi}\p{Pf}"'`*>|.,:;!?…。、，！？：；]+$/u
const opening = /^[\s\p{Cf}\p{Ps}\p{Pi}\p{Pf}"'`*_<]+/u

/** The address of a video as it stands in a text, without what is not part of it. */
export const bareAddress = (given: string): string =>
  unwrapped(given).replace(opening, '').replace(punctuation, '').replaceAll('&amp;', '&')

/**
 * Parses the address of a video on YouTube or Vimeo, in all of their forms, as people paste it (so also without
 * `https://`, or with the end of a sentence). The check is strict: the host must be written exactly, without user,
 * port, escapes and foreign letters, so that an address that looks like YouTube is YouTube.
 *
 * @throws AddressError with the reason
 */
export function readAddress(given: string): KnownVideo {
  const text = bareAddress(given)
  const whole = /^[a-z][a-z\d+.-]*:/i.test(text) ? text : `https://${text.replace(/^\/\//, '')}`
  const [, authority] = /^https?:\/\/([^/?#]*)/i.exec(whole) ?? []
  if (authority === undefined) throw new AddressError('is not an http or https address')
  const url = /^[!-[\]-~]+$/.test(whole) ? URL.parse(whole) : null
  if (!url) throw new AddressError('is not a plain address')
  if (authority.toLowerCase() !== url.hostname) throw new AddressError('has a host that is not written plainly')
  const reader = readers.get(url.hostname)
  if (!reader) throw new AddressError('is neither on YouTube nor on Vimeo')
  const video = reader(url)
  if (!video) throw new AddressError('names no single video')
  return video
}

/** The same for an address that may be one of another site: then null. */
export function knownVideoAt(address: string): KnownVideo | null {
  try {
    return readAddress(address)
  } catch (error) {
    if (error instanceof AddressError) return null
    throw error
  }
}
