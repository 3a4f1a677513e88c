import type { TaskwireClient, User } from '../../../sdk/index.ts'

/**
 * Everything that a signed-in page consists of. Each part adds itself in the file that makes it, with
 * `declare module '../lib/page.ts'`: so what uses parts need not know what they are made of.
 */
export interface Page {
  client: TaskwireClient
  me: User
  stop(): void
}
