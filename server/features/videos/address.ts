/** A video that YouTube or Vimeo has, as its address tells. */
export interface KnownVideo {
  provider: 'youtube' | 'vimeo'
  id: string
  /** Its one address there, whatever way was taken to it. */
  url: string
}

/** Why an address is none of a video, as the one who gave it is told. */
export class AddressError extends Error {}

type Reader = (url: URL) => KnownVideo | null

const youtube = (id: string | null | undefined): KnownVideo | null =>
  id && /^[\w-]{11}$/.test(id) && !notIds.has(id)
    ? { provider: 'youtube', id, url: `https://www.youtube.com/watch?v=${id}` }
    : null
/** Where an id stands in other addresses, and as long as one. */
const notIds = new Set(['videoseries', 'live_stream'])

const vimeo = (id: string | undefined, key?: string | null): KnownVideo | null => {
  if (!id || !/^[1-9]\d{0,11}$/.test(id)) return null
  // An unlisted video is found only with its key.
  const suffix = key && /^[\da-z]{6,40}$/i.test(key) ? `/${key}` : ''
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
      return third === 'video' ? vimeo(fourth) : null
    case 'ondemand':
      return second ? vimeo(third) : null
    default:
      return vimeo(first, second ?? url.searchParams.get('h'))
  }
}

const onVimeoPlayer: Reader = url => {
  const [first, id] = partsOf(url)
  return first === 'video' ? vimeo(id, url.searchParams.get('h')) : null
}

const readers: ReadonlyMap<string, Reader> = new Map([
  ...['youtube.com', 'www.youtube.com', 'm.youtube.com', 'music.youtube.com'].map(host => [host, onYoutube] as const),
  ...['youtube-nocookie.com', 'www.youtube-nocookie.com'].map(host => [host, onYoutube] as const),
  ...['youtu.be', 'www.youtu.be'].map(host => [host, onShortYoutube] as const),
  ...['vimeo.com', 'www.vimeo.com'].map(host => [host, onVimeo] as const),
  ['player.vimeo.com', onVimeoPlayer],
])

/**
 * Reads the address of a video on YouTube or Vimeo, in whichever of their forms, as people paste it (so also without
 * `https://`). Strictly: the host has to be spelled out as it is, without user, port, escapes and foreign letters, so
 * that what looks like YouTube is YouTube.
 *
 * @throws AddressError with the reason
 */
export function readAddress(given: string): KnownVideo {
  const text = given.trim()
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

/** The same for an address that may well be another's: null then. */
export function knownVideoAt(address: string): KnownVideo | null {
  try {
    return readAddress(address)
  } catch (error) {
    if (error instanceof AddressError) return null
    throw error
  }
}
