import type { Socket } from 'socket.io-client'
import type { Client } from '../support/server.ts'

export interface Got {
  name: string
  offset: number
  payload: any
}

/**
 * A client as a careful application would write it: it remembers its position, resumes from there, and gives up a room
 * that it may not be in any more. It keeps everything that it receives, over all its connections.
 */
export class Watcher {
  readonly got: Got[] = []
  /** The same with what it did in between, in words. */
  readonly story: string[] = []
  readonly rooms: Set<string>
  readonly client: Client
  readonly bulk: boolean
  /** The position to resume from: the newest offset that it saw, or that a join returned. */
  position = 0
  epoch = ''
  /** The position in the log from which on it must get everything: that of its first join. */
  startedAt = 0
  /** A join that could not be recovered; an application would reload. */
  resets = 0
  private socket: Socket | null = null

  constructor(client: Client, rooms: string[], bulk: boolean) {
    this.client = client
    this.rooms = new Set(rooms)
    this.bulk = bulk
  }

  get connected() {
    return this.socket?.connected ?? false
  }

  async connect(): Promise<void> {
    this.socket = await this.client.socket({ bulk: this.bulk }, socket => {
      socket.onAny((name: string, payload: any) => {
        if (name === 'room_left') this.rooms.delete(payload.room)
        if (typeof payload?.offset !== 'number') return
        this.got.push({ name, offset: payload.offset, payload })
        this.story.push(`${payload.offset} ${name}`)
        this.position = Math.max(this.position, payload.offset)
      })
    })
    await this.join()
  }

  /** Joins all rooms in one call, from the position if there is one; gives up rooms that are refused. */
  private async join(): Promise<void> {
    const since = this.epoch === '' ? {} : { since: this.position, epoch: this.epoch }
    this.story.push(`joining since ${this.position}`)
    const answer = await this.socket!.timeout(10_000).emitWithAck('join_room', { rooms: [...this.rooms], ...since })
    this.story.push(`joined ${JSON.stringify({ ...answer, members: undefined, epoch: undefined })}`)
    if (answer.ok) {
      if (this.epoch === '') this.startedAt = answer.offset
      this.epoch = answer.epoch
      if (!answer.recovered) this.resets++
      if (!answer.recovered || since.since === undefined) this.position = Math.max(this.position, answer.offset)
      return
    }
    if (answer.error.code === 'unavailable') return this.join()
    if (!answer.error.details?.rooms) throw new Error(`join refused: ${JSON.stringify(answer.error)}`)
    for (const room of answer.error.details.rooms) this.rooms.delete(room)
    if (this.rooms.size > 0) await this.join()
  }

  disconnect(): void {
    this.story.push('disconnects')
    this.socket?.disconnect()
    this.socket = null
  }
}
