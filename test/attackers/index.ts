import { pipelinedRequests, slowBodies, slowHeads, unfinishedBodies, unreadLists } from './connections.ts'
import { unreadPolls, upgrades } from './polling.ts'
import { healthChecks, listReaders, logReaders, refreshes, searches, signIns, unknownFields } from './requests.ts'
import { calls, comings, controlFrames, largeComings, resumes, states, unreadAnswers } from './sockets.ts'
import type { Attacker } from './target.ts'
import { pictures } from './uploads.ts'

export type { Attack, Attacker, Target } from './target.ts'

/** One of each kind of attack by which a stranger or an account may cost everybody memory, places or time. */
export const attackers = {
  pipelinedRequests,
  unreadLists,
  slowHeads,
  unfinishedBodies,
  slowBodies,
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
  controlFrames,
  largeComings,
  unreadPolls,
  upgrades,
  pictures,
} satisfies Record<string, Attacker>

export type AttackerName = keyof typeof attackers
