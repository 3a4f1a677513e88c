import { get, type IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

export interface Packed {
  status: number
  headers: IncomingHttpHeaders
  /** The body as it was sent. */
  raw: Buffer
  /** The body after decompression. */
  text: string
}

const unpackers: Record<string, (raw: Buffer) => Buffer> = { br: brotliDecompressSync, gzip: gunzipSync }

/** An answer with its compression, which `fetch` hides. */
export async function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Packed> {
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) =>
    get(url, { headers, method, agent: false }, resolve).on('error', reject),
  )
  const raw = await buffer(response)
  const unpack = unpackers[response.headers['content-encoding'] ?? '']
  const text = raw.length > 0 && unpack ? unpack(raw).toString() : raw.toString()
  return { status: response.statusCode ?? 0, headers: response.headers, raw, text }
}
