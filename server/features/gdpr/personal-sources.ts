import type { PersonalSource } from '../../kernel/export-source.ts'
import { accountsPersonal } from '../accounts/index.ts'
import { activityPersonal } from '../activity/index.ts'
import { auditPersonal } from '../audit/index.ts'
import { commentsPersonal } from '../comments/index.ts'
import { jobsPersonal } from '../jobs/index.ts'
import { apiKeysPersonal } from '../keys/index.ts'
import { notificationsPersonal } from '../notifications/index.ts'
import { postsPersonal } from '../posts/index.ts'
import { projectsPersonal } from '../projects/index.ts'
import { scimPersonal } from '../scim/index.ts'
import { tasksPersonal } from '../tasks/index.ts'
import { videosPersonal } from '../videos/index.ts'
import { webhooksPersonal } from '../webhooks/index.ts'

/** What features know about one person; each is a file of the archive. */
export const personalSources: readonly PersonalSource[] = [
  ...accountsPersonal,
  ...apiKeysPersonal,
  ...notificationsPersonal,
  ...projectsPersonal,
  ...tasksPersonal,
  ...commentsPersonal,
  ...postsPersonal,
  ...videosPersonal,
  ...webhooksPersonal,
  ...activityPersonal,
  ...auditPersonal,
  ...scimPersonal,
  ...jobsPersonal,
]
