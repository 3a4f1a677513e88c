import { posix } from 'node:path'

const ofPrograms = /^\/(?:(?:api|socket\.io)(?:\/|$)|(?:openapi|asyncapi)\.json\/?$)/i

/**
 * Whether an address is the API's, in any spelling: a program that asks for a wrong one must not get the page with 200,
 * and what it gets is data.
 */
export function isForPrograms(path: string): boolean {
  let decoded = path
  try {
    decoded = decodeURIComponent(path)
  } catch {
    // As it came.
  }
  return ofPrograms.test(posix.normalize(decoded.replaceAll('\\', '/')))
}
