import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import {
  type Outbound,
  type OutboundAnswer,
  type OutboundCheck,
  OutboundError,
  type OutboundRequest,
} from '../ports/outbound.ts'
import { createDnsLookup } from './dns-lookup.ts'
import { type KeptConnections, keptConnections, type SharedBy } from './outbound-connections.ts'
import { isLocalName, isPublicAddress } from './public-address.ts'

export interface OutboundDeps {
  /** Allows private addresses too. */
  allowPrivate: boolean
  /** How names are resolved, as `dns.lookup`; by default in DNS, or by the system where private addresses are allowed. */
  lookup?: typeof systemLookup
  /** The connections that stay open between requests. */
  connections?: KeptConnections
}

const lookupFor = (allowPrivate: boolean) => (allowPrivate ? systemLookup : createDnsLookup())

/**
 * Sends requests to other servers with Node's own client. The IP address is checked when the connection is made, after
 * the name was resolved, and the connection goes to exactly the checked address. So a name cannot resolve to another
 * address in between, and a connection that stays open leads to a checked one.
 */
export function createOutbound({
  allowPrivate,
  lookup = lookupFor(allowPrivate),
  connections = keptConnections(),
}: OutboundDeps): Outbound {
  const isAllowed = (address: string) => allowPrivate || isPublicAddress(address)
  const guardedLookup = guard(lookup, isAllowed)

  return async request => {
    const url = new URL(request.url)
    const host = hostOf(url)
    if (!allowPrivate && (!isWebPort(url) || isLocalName(host))) throw new OutboundError('not_allowed')
    // An IP address in place of a name is not resolved, so it is checked here.
    if (isIP(host) && !isAllowed(host)) throw new OutboundError('not_allowed')
    const timeout = AbortSignal.timeout(request.timeoutMs)
    const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout
    try {
      const response = await send(url, request, { lookup: guardedLookup, signal }, connections)
      return await read(response, request.maxBytes)
    } catch (error) {
      request.signal?.throwIfAborted()
      if (error instanceof OutboundError) throw error
      throw new OutboundError(timeout.aborted ? 'timeout' : 'unreachable', error)
    }
  }
}

const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '')

/** Ports below 1024 belong to other services, mail for example, except those of the web. */
const isWebPort = ({ port }: URL) => port === '' || port === '80' || port === '443' || Number(port) >= 1024

/** How long a name is looked up for a check. */
const lookupMs = 2_000

/** Judges an address before anybody relies on it, by the rules of the requests. */
export function createOutboundCheck({ allowPrivate, lookup = lookupFor(allowPrivate) }: OutboundDeps): OutboundCheck {
  return async address => {
    if (allowPrivate) return null
    const url = new URL(address)
    if (!isWebPort(url)) return 'must not name a port of another service'
    const host = hostOf(url)
    const found = isIP(host) || isLocalName(host) ? [host] : await addressesOf(host, lookup)
    return found.length > 0 && !found.some(isPublicAddress) ? 'must lead to an address on the public internet' : null
  }
}

/** The addresses of a name; none when they are not known in time. */
function addressesOf(host: string, lookup: typeof systemLookup): Promise<string[]> {
  return new Promise(answer => {
    const late = setTimeout(answer, lookupMs, [])
    lookup(host, { all: true }, (error, found) => {
      clearTimeout(late)
      answer(error ? [] : found.map(({ address }) => address))
    })
  })
}

function guard(lookup: typeof systemLookup, isAllowed: (address: string) => boolean): LookupFunction {
  return (name, options, answer) => {
    const all = { ...(options as LookupOptions), all: true as const }
    lookup(name, all, (error, found: LookupAddress[]) => {
      if (error) return answer(error, [])
      const allowed = found.filter(({ address }) => isAllowed(address))
      const [first] = allowed
      if (!first) return answer(new OutboundError('not_allowed'), [])
      if (options.all) answer(null, allowed)
      else answer(null, first.address, first.family)
    })
  }
}

const isClosed = ({ code }: NodeJS.ErrnoException) => code === 'ECONNRESET' || code === 'EPIPE'

type Options = Pick<RequestOptions, 'lookup' | 'signal' | 'agent'> & SharedBy

/** A connection that stayed open may be closed by the server just when it is used again; then a new one is made. */
async function send(
  url: URL,
  request: OutboundRequest,
  options: Options,
  { http, https }: KeptConnections,
): Promise<IncomingMessage> {
  const kept = url.protocol === 'https:' ? https : http
  const { sharedBy } = request
  const first = start(url, request, { ...options, sharedBy, agent: sharedBy === undefined ? false : kept })
  return first.response.catch(error => {
    if (!first.isOnUsedConnection() || !isClosed(error)) throw error
    return start(url, request, { ...options, agent: false }).response
  })
}

function start(url: URL, { method = 'GET', headers, body }: OutboundRequest, options: Options) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const begin = url.protocol === 'https:' ? httpsRequest : httpRequest
  const request = begin(url, {
    ...options,
    method,
    headers: { 'user-agent': 'Taskwire', 'accept-encoding': 'gzip', ...headers },
  })
  // Stays for as long as the request lives, because an error without a listener would end the process.
  request.on('error', reject)
  request.on('response', resolve)
  // The request closes without response and error when the other side switches protocols (101).
  request.on('close', () => reject(new Error('the connection ended without an answer')))
  request.end(body)
  return { response: promise, isOnUsedConnection: () => request.reusedSocket }
}

/** How much of a body that nobody wants is received, and for how long. */
const unwanted = { bytes: 4 * 1024, ms: 1_000 }

/** Lets a short answer end by itself, so that its sender sees no broken connection, and drops the others. */
function discard(response: IncomingMessage): void {
  let left = unwanted.bytes
  const late = setTimeout(() => response.destroy(), unwanted.ms)
  response.on('error', () => {})
  response.on('close', () => clearTimeout(late))
  response.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) response.destroy()
  })
}

async function read(response: IncomingMessage, maxBytes: number): Promise<OutboundAnswer> {
  if (maxBytes === 0) {
    discard(response)
    return { status: response.statusCode!, headers: response.headers, body: Buffer.alloc(0), cut: true }
  }
  const chunks: Buffer[] = []
  let left = maxBytes
  let cut = false
  try {
    for await (const chunk of unpacked(response) as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, left))
      cut = chunk.length > left
      left -= Math.min(chunk.length, left)
      if (cut) break
    }
  } catch (error) {
    // Errors of decompression; all other errors come from the connection.
    if (String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw new OutboundError('unreadable', error)
    throw error
  } finally {
    response.destroy()
  }
  return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks), cut }
}

/** Decompresses a piece at a time, so a decompression bomb expands only up to the limit. */
function unpacked(response: IncomingMessage): Readable {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity') return response
  if (encoding !== 'gzip') throw new OutboundError('unreadable')
  const gunzip = createGunzip()
  response.on('error', error => gunzip.destroy(error))
  return response.pipe(gunzip)
}
