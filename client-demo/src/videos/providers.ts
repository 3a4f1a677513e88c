import { videoThumbnailHosts, type Video, type VideoProvider } from '../../../sdk/index.ts'

export const providerNames: Record<VideoProvider, string> = {
  youtube: 'YouTube',
  vimeo: 'Vimeo',
  upload: 'Uploaded',
  url: 'Elsewhere',
}

export const providers = Object.keys(providerNames) as VideoProvider[]

/** A picture that may be loaded: any other server would be told who looks, and the page's policy forbids it. */
export function thumbnailOf({ thumbnail_url: address }: Video): string | null {
  const url = address !== null && URL.canParse(address) ? new URL(address) : null
  const isAllowed = url?.protocol === 'https:' && (videoThumbnailHosts as readonly string[]).includes(url.host)
  return isAllowed ? url.href : null
}

/** Where a click leads: to the web, and to nothing that a browser would run. */
export const linkOf = ({ url }: Video): string | undefined => (/^https?:\/\//i.test(url) ? url : undefined)

export function formatDuration(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  const shown = parts[0] === 0 ? parts.slice(1) : parts
  return shown.map((part, at) => (at === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}
