import { describeTaskUpdates } from '../suites/task-updates.ts'

describeTaskUpdates('PATCH', {
  update: async (client, id, updates, { version, mutationId, key } = {}) => {
    const { status, body } = await client.rest('PATCH', `/tasks/${id}`, updates, {
      ...(version !== undefined && { 'if-match': `"${version}"` }),
      ...(mutationId !== undefined && { 'x-mutation-id': mutationId }),
      ...(key !== undefined && { 'idempotency-key': key }),
    })
    return status === 200 ? { task: body } : { error: body.error }
  },
  field: name => name,
})
