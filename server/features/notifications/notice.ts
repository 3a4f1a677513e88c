import type { NotificationType } from '../../../contract/index.ts'

export interface Notice {
  userId: number
  type: NotificationType
  message: string
  /** What it is about, for a client to lead there: ids and names, nothing that the person may not read. */
  data: Record<string, unknown>
}
