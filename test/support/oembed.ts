import { startWebServer } from './web-server.ts'

/** What the provider does for a video: an answer, or something instead of one. */
export interface OEmbedAnswer {
  status?: number
  type?: string
  /** JSON unless it is text or bytes. */
  body?: unknown
  headers?: Record<string, string>
  /** Awaited before the answer. */
  until?: Promise<unknown>
}

/** YouTube's and Vimeo's oEmbed in one server; `answerWith` sets the answer for each address. */
export async function startOEmbed(answer: (address: string) => OEmbedAnswer) {
  const addressOf = (path: string) => new URL(path, 'http://x').searchParams.get('url') ?? ''
  let answering = answer
  const web = await startWebServer(async (request, response) => {
    const {
      status = 200,
      type = 'application/json',
      body = {},
      headers = {},
      until,
    } = answering(addressOf(request.url!))
    // A test that has ended may have broken it off.
    await Promise.resolve(until).catch(() => {})
    const content = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    response.writeHead(status, { 'content-type': type, ...headers }).end(content)
  })
  return {
    ...web,
    answerWith: (next: typeof answer) => void (answering = next),
    /** The addresses of the requests so far. */
    askedAbout: () => web.asked.map(addressOf),
    env: { OEMBED_YOUTUBE_URL: `${web.url}/youtube`, OEMBED_VIMEO_URL: `${web.url}/vimeo?v=1` },
  }
}

export type OEmbed = Awaited<ReturnType<typeof startOEmbed>>

/** An id in the form of YouTube's. */
export const videoId = (n: number) => `test-${String(n).padStart(6, '0')}`
export const talk = (n: number) => `https://www.youtube.com/watch?v=${videoId(n)}`
