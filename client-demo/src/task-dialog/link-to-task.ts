import { linkToTask } from '../lib/addresses.ts'
import { copyLink } from '../ui/copy-link.ts'
import type { Toasts } from '../ui/toasts.ts'

export const copyLinkToTask = (id: number, toasts: Toasts): Promise<void> => copyLink(linkToTask(id), toasts)
