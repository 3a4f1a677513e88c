/** The path below which people reach the server, without a slash at its end: `/board`, or an empty string. */
export const basePathOf = (publicUrl: string | undefined): string =>
  publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '')

/**
 * Removes the base path from an address. Some proxies remove it and others keep it. The base path without a slash at
 * its end is kept, because relative addresses of the page would be wrong from there.
 */
export function withoutBase(url: string, basePath: string): string {
  return basePath !== '' && url.startsWith(`${basePath}/`) ? url.slice(basePath.length) : url
}
