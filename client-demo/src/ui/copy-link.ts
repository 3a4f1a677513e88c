import type { Toasts } from './toasts.ts'

/** A page without https has no clipboard; then the address is shown, to be copied by hand. */
export async function copyLink(address: string, toasts: Toasts): Promise<void> {
  try {
    await navigator.clipboard.writeText(address)
    toasts.say('The link is copied')
  } catch {
    toasts.say(`The link: ${address}`)
  }
}
