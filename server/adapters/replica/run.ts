import { errorClass } from '../../kernel/error-class.ts'
import { createRun, type Run } from '../database-pool.ts'
import { askReplica } from './position.ts'

export const statementTimeout = '57014'

/** For questions about positions, which are not counted among the statements. */
export const runUnmeasured: Run = createRun(() => {})

/**
 * Runs statements on the replica. Each read is counted once: a statement that fails here counts only if its error is
 * the answer, because otherwise the primary answers and is measured.
 *
 * @param measure called with when each statement began, and whether it succeeded
 */
export const createReplicaRun =
  (measure: (began: number, isOk: boolean) => void): Run =>
  async (client, statement) => {
    if (statement === askReplica) return runUnmeasured(client, statement)
    const began = performance.now()
    try {
      const rows = await runUnmeasured<never>(client, statement)
      measure(began, true)
      return rows
    } catch (error) {
      if (errorClass(error) === statementTimeout) measure(began, false)
      throw error
    }
  }
