import type { NotificationType } from '../../../contract/index.ts'

export interface Notice {
  userId: number
  type: NotificationType
  message: string
  /**
   * The subject of the notification, so that a client can lead there: ids and names, nothing that the person may not
   * read.
   */
  data: Record<string, unknown>
}
