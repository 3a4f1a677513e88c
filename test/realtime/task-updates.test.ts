import type { Socket } from 'socket.io-client'
import { describeTaskUpdates } from '../suites/task-updates.ts'
import type { Client } from '../support/server.ts'

const sockets = new Map<Client, Promise<Socket>>()
const socketOf = (client: Client) => sockets.get(client) ?? sockets.set(client, client.socket()).get(client)!

describeTaskUpdates('task_update', {
  update: async (client, task_id, updates, { version, mutationId, key } = {}) => {
    const { task, error } = await (
      await socketOf(client)
    ).emitWithAck('task_update', {
      task_id,
      updates,
      ...(version !== undefined && { version }),
      ...(mutationId !== undefined && { mutation_id: mutationId }),
      ...(key !== undefined && { idempotency_key: key }),
    })
    return { task, error }
  },
  field: name => `updates.${name}`,
})
