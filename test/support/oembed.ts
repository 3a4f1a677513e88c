import { startWebServer } from './web-server.ts'

/** What is said of a video: an answer, or what to do instead of one. */
export interface Said {
  status?: number
  type?: string
  /** JSON unless it is text or bytes. */
  body?: unknown
  headers?: Record<string, string>
  /** Before it answers. */
  until?: Promise<unknown>
}

/** YouTube's and Vimeo's oEmbed, as one server; `say` decides by the address that is asked about. */
export async function startOEmbed(say: (address: string) => Said) {
  const addressOf = (path: string) => new URL(path, 'http://x').searchParams.get('url') ?? ''
  let saying = say
  const web = await startWebServer(async (request, response) => {
    const { status = 200, type = 'application/json', body = {}, headers = {}, until } = saying(addressOf(request.url!))
    await until
    const content = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    response.writeHead(status, { 'content-type': type, ...headers }).end(content)
  })
  return {
    ...web,
    say: (next: typeof say) => void (saying = next),
    /** Addresses that were asked about. */
    askedAbout: () => web.asked.map(addressOf),
    env: { OEMBED_YOUTUBE_URL: `${web.url}/youtube`, OEMBED_VIMEO_URL: `${web.url}/vimeo?v=1` },
  }
}

export type OEmbed = Awaited<ReturnType<typeof startOEmbed>>

/** An id as YouTube's are. */
export const videoId = (n: number) => `test-${String(n).padStart(6, '0')}`
export const talk = (n: number) => `https://www.youtube.com/watch?v=${videoId(n)}`
