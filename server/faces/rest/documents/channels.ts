import { type Resource, resources, type SignalName, topics, topicsOf } from '../../../../contract/index.ts'
import { applicationEvent } from './messages.ts'
import type { Json } from './schemas.ts'

export interface Channel {
  /** The name of the room, with its parameter in braces. */
  address: string
  summary: string
  parameters?: Json
  /** The names of the messages that the server sends there. */
  sends: string[]
}

type Place = 'everyRoom' | 'user' | 'admin' | 'socket'

/** The rooms that get signals. */
const placesOfSignals: Record<SignalName, readonly Place[]> = {
  user_joined: ['everyRoom'],
  user_left: ['everyRoom'],
  presence_changed: ['everyRoom'],
  presence_count: ['everyRoom'],
  presence_members: ['everyRoom'],
  room_left: ['socket'],
  job_updated: ['user', 'admin'],
  draining: ['socket'],
}

const signalsIn = (...places: Place[]): string[] =>
  Object.entries(placesOfSignals).flatMap(([name, its]) => (its.some(place => places.includes(place)) ? name : []))

const all = Object.values<Resource>(resources)
const namesOf = (set: object = {}) => Object.keys(set)

/** The names of events, without those that are sent to certain people's sockets and not to a room. */
const inRooms = ({ events, bulkEvents, eventsOutsideTopic = [] }: Resource): string[] =>
  [...namesOf(events), ...namesOf(bulkEvents)].filter(name => !eventsOutsideTopic.includes(name))

const inTopic = (topic: string): string[] => [
  ...Object.entries(topicsOf).flatMap(([name, its]) => ((its as ReadonlySet<string>).has(topic) ? name : [])),
  ...all.filter(resource => resource.topic === topic).flatMap(({ bulkEvents }) => namesOf(bulkEvents)),
]

/** The socket itself: calls and their answers, and messages that come independently of joined rooms. */
export const socketChannel: Channel = {
  address: '/',
  summary: 'The socket itself: its calls with their answers, and messages that do not depend on joined rooms',
  sends: [...all.flatMap(({ eventsOutsideTopic = [] }) => eventsOutsideTopic), ...signalsIn('socket'), 'error'],
}

/** Every kind of room in the grammar (contract/rooms.ts), each with a name of its own. */
export const rooms: Record<string, Channel> = {
  ...Object.fromEntries(
    topics.map(topic => [
      topic,
      {
        address: topic,
        summary: `Everything of the kind “${topic}” that the member may see, following their rights`,
        sends: [...inTopic(topic), applicationEvent, ...signalsIn('everyRoom')],
      },
    ]),
  ),
  project: {
    address: 'project_{project_id}',
    summary: 'Everything of one project',
    parameters: { project_id: { description: 'The id of the project' } },
    sends: [
      ...all.filter(({ isInProject, endOfContents }) => isInProject || endOfContents).flatMap(inRooms),
      applicationEvent,
      ...signalsIn('everyRoom'),
    ],
  },
  user: {
    address: 'user_{user_id}',
    summary: 'Messages for one person; that person and administrators may join',
    parameters: { user_id: { description: 'The id of the person' } },
    sends: [
      ...all.filter(({ topic }) => topic === undefined).flatMap(inRooms),
      applicationEvent,
      ...signalsIn('everyRoom', 'user'),
    ],
  },
  admin: {
    address: 'admin',
    summary: 'For administrators',
    sends: signalsIn('everyRoom', 'admin'),
  },
}
