import { pipelinedRequests, slowHeads, unfinishedBodies, unreadLists } from './lines.ts'
import { healthChecks, listReaders, logReaders, refreshes, searches, signIns, unknownFields } from './requests.ts'
import { calls, comings, resumes, states, unreadAnswers } from './sockets.ts'
import type { Attacker } from './target.ts'
import { pictures } from './uploads.ts'

export type { Attack, Attacker, Target } from './target.ts'

/** One of each kind of what a stranger or an account may try in order to cost everybody memory, places or time. */
export const attackers = {
  pipelinedRequests,
  unreadLists,
  slowHeads,
  unfinishedBodies,
  healthChecks,
  logReaders,
  listReaders,
  searches,
  signIns,
  refreshes,
  unknownFields,
  unreadAnswers,
  calls,
  comings,
  states,
  resumes,
  pictures,
} satisfies Record<string, Attacker>

export type AttackerName = keyof typeof attackers
