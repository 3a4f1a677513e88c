/** The path below which people reach the server, without a slash at its end: `/board`, or nothing. */
export const basePathOf = (publicUrl: string | undefined): string =>
  publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '')

/**
 * An address as the server's own: some proxies take the path off that they serve us below, others leave it. The path
 * itself, without a slash behind it, stays: the page's own addresses would lead astray from there.
 */
export function withoutBase(url: string, basePath: string): string {
  return basePath !== '' && url.startsWith(`${basePath}/`) ? url.slice(basePath.length) : url
}
