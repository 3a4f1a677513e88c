// In a variable: Vite would take the pattern for the address of a file.
const here = import.meta.url

/** Where the page lies on its host, without a slash at the end: `/board`, or nothing. */
export const basePath = new URL(here).pathname.replace(/\/(assets|src\/lib)\/[^/]*$/, '')

/** @param address a view's, such as `/posts` */
export const linkTo = (address: string): string => `${basePath}/#${address}`
