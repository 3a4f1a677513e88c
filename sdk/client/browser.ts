import { config } from 'zod'

export const isBrowser = 'document' in globalThis

// In a page, zod's compiled validators would need `unsafe-eval`, and even testing for it is reported as a violation of
// the page's policy. So this file has to be evaluated before the contract.
if (isBrowser) config({ jitless: true })
