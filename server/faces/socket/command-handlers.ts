import type { CommandInput, CommandName, CommandOutput } from '../../../contract/index.ts'
import type { Member } from './member.ts'

/** `answer` may be called before a handler has finished: the answer to a join precedes the missed events. */
export type CommandHandlers = {
  [N in CommandName]: (
    member: Member,
    input: CommandInput<N>,
    answer: (answer: CommandOutput<N>) => void,
    requestId: string,
  ) => Promise<void>
}
