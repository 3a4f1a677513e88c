// Stock Socket.IO 4.8: one room, and with REDIS_URL its Redis adapter, as the documentation says. It asks nobody who they
// are, and stores tasks and events only with DATABASE_URL, with the bare server's statement.
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'
import { openBareTasks } from '../bare-tasks.ts'
import { startBroadcastServer } from './broadcast-server.ts'

const { DATABASE_URL, REDIS_URL } = process.env
const tasks = DATABASE_URL ? await openBareTasks(DATABASE_URL) : undefined
const adapterOf = (url: string) => createAdapter(new Redis(url), new Redis(url))

await startBroadcastServer(http => {
  const io = new Server(http, REDIS_URL ? { adapter: adapterOf(REDIS_URL) } : {})
  io.on('connection', socket => {
    socket.on('join_room', async ({ room }: { room: string }, done: () => void) => {
      await socket.join(room)
      done()
    })
  })
  return async payload => {
    await tasks?.create({ ...payload.task, project: 'bench' })
    io.to('tasks').emit('task_created', payload)
  }
})
