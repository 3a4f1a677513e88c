import { createClient } from '../../../sdk/index.ts'
import { basePath } from './base-path.ts'

export const client = createClient({ url: basePath })

/** What time it is for the server. With this and no other clock is compared what the server says of times. */
export const nowMs = (): number => client.now()
