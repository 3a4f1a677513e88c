import type { Toasts } from '../ui/toasts.ts'

const gatherMs = 300

/** Says what came, politely: what was missed during a break comes in one burst, and is said in one sentence. */
export function createNotificationToasts(toasts: Toasts) {
  let messages: string[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  function say() {
    timer = undefined
    const [only] = messages
    toasts.say(messages.length === 1 && only !== undefined ? only : `${messages.length} new notifications`)
    messages = []
  }

  return {
    tell(message: string) {
      messages.push(message)
      timer ??= setTimeout(say, gatherMs)
    },
    stop: () => clearTimeout(timer),
  }
}
