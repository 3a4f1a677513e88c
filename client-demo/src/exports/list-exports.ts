import type { CallInput, Export, operations, TaskwireClient } from '../../../sdk/index.ts'

type Asked = CallInput<(typeof operations)['exports']['status']>

/** Without an id the answer is a list. */
export const listExports = async (client: TaskwireClient, asked: Omit<Asked, 'id'>, signal: AbortSignal) =>
  (await client.exports.status(asked, { signal })) as { results: Export[]; next: string | null }

/** With an id it is that export. */
export const findExport = async (client: TaskwireClient, id: number) => (await client.exports.status({ id })) as Export
