import { config } from 'zod'

export const isBrowser = 'document' in globalThis

// In a page, zod's compiled validators would need `unsafe-eval`, and merely looking whether they may be had is reported
// as a violation of the page's policy. So this file is to be evaluated before the contract is.
if (isBrowser) config({ jitless: true })
