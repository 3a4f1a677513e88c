import type { Client } from '../support/server.ts'
import type { Random } from './random.ts'

export interface World {
  people: Client[]
  /** The projects that exist, as far as the writers know. */
  projects: number[]
  tasks: number[]
  posts: number[]
}

type Action = (random: Random, world: World) => Promise<unknown>

const title = (random: Random) => `task ${random.below(1_000_000)}`

const create: Action = async (random, world) => {
  const project = random.chance(0.7) && world.projects.length > 0 ? random.pick(world.projects) : null
  const { status, body } = await random.pick(world.people).rest('POST', '/tasks', { title: title(random), project })
  if (status === 201) world.tasks.push(body.id)
}

const change: Action = (random, world) => {
  const updates = random.pick([
    () => ({ title: title(random) }),
    () => ({ status: random.pick(['todo', 'in_progress', 'review', 'done']) }),
    () => ({ project: random.chance(0.3) ? null : random.pick(world.projects) }),
    () => ({ after_id: random.pick(world.tasks) }),
  ])()
  return random.pick(world.people).rest('PATCH', `/tasks/${random.pick(world.tasks)}`, updates)
}

const bulk: Action = (random, world) => {
  const task_ids = [...new Set(Array.from({ length: 1 + random.below(12) }, () => random.pick(world.tasks)))]
  const updates = random.chance(0.5)
    ? { priority: random.pick(['low', 'urgent']) }
    : { project: random.pick(world.projects) }
  return random.pick(world.people).rest('POST', '/tasks/bulk-update', { task_ids, updates })
}

const remove: Action = (random, world) => {
  const [id] = world.tasks.splice(random.below(world.tasks.length), 1)
  return random.pick(world.people).rest('DELETE', `/tasks/${id}`)
}

const writePost: Action = async (random, world) => {
  const project = random.chance(0.7) && world.projects.length > 0 ? random.pick(world.projects) : null
  const sent = { title: title(random), project, status: random.pick(['draft', 'published']) }
  const { status, body } = await random.pick(world.people).rest('POST', '/blog/posts', sent)
  if (status === 201) world.posts.push(body.id)
}

const changePost: Action = (random, world) => {
  const changes = random.chance(0.5) ? { title: title(random) } : { status: random.pick(['draft', 'published']) }
  return random.pick(world.people).rest('PATCH', `/blog/posts/${random.pick(world.posts)}`, changes)
}

const removePost: Action = (random, world) => {
  if (world.posts.length < 3) return Promise.resolve()
  const [id] = world.posts.splice(random.below(world.posts.length), 1)
  return random.pick(world.people).rest('DELETE', `/blog/posts/${id}`)
}

const addMember: Action = (random, { people, projects }) =>
  random.pick(people).rest('PUT', `/projects/${random.pick(projects)}/members/${random.pick(people).person.id}`, {
    role: random.pick(['viewer', 'editor', 'owner']),
  })

const removeMember: Action = (random, { people, projects }) =>
  random.pick(people).rest('DELETE', `/projects/${random.pick(projects)}/members/${random.pick(people).person.id}`)

const setVisibility: Action = (random, { people, projects }) =>
  random
    .pick(people)
    .rest('PATCH', `/projects/${random.pick(projects)}`, { visibility: random.pick(['private', 'internal']) })

const publish: Action = (random, { people, projects }) => {
  const room = random.pick(['tasks', 'posts', `project_${random.pick(projects)}`])
  return random.pick(people).rest('POST', '/events', { room, name: 'payment.completed', data: random.below(100) })
}

const createProject: Action = async (random, world) => {
  const { body } = await random
    .pick(world.people)
    .rest('POST', '/projects', { name: `project ${random.below(1_000_000)}` })
  world.projects.push(body.id)
}

const deleteProject: Action = (random, world) => {
  if (world.projects.length < 3) return Promise.resolve()
  const [id] = world.projects.splice(random.below(world.projects.length), 1)
  return random.pick(world.people).rest('DELETE', `/projects/${id}`)
}

const often = (times: number, action: Action) => Array.from({ length: times }, () => action)

export const taskActions = [
  ...often(6, create),
  ...often(8, change),
  ...often(3, bulk),
  ...often(2, remove),
  ...often(2, publish),
]
export const postActions = [...often(6, writePost), ...often(12, changePost), removePost]
export const accessActions = [addMember, addMember, removeMember, setVisibility, createProject, deleteProject]
