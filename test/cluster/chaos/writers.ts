import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../fuzz/random.ts'
import { createSession } from '../session.ts'
import { type Operation, settle, type Write } from '../settle.ts'
import type { Stage } from '../stage.ts'
import type { Person, World } from './world.ts'

/** A settled write, and whether it may have had no effect at all, which only its answer shows. */
export interface Done extends Operation {
  mayBeNothing: boolean
}

type Plan = { write: Write; mayBeNothing?: boolean; known?: (body: any) => void } | null
type Planner = (person: Person, world: World, tasks: Tasks, random: Random, key: string) => Plan

/** The tasks that exist, as far as the writers know, by project; 0 for none. */
class Tasks {
  private readonly byProject = new Map<number, number[]>()
  of(project: number): number[] {
    const found = this.byProject.get(project) ?? []
    this.byProject.set(project, found)
    return found
  }
}

const anyProject = ({ editable }: Person, random: Random) => random.pick([0, ...editable])

const create: Planner = (person, _, tasks, random, key) => {
  const project = anyProject(person, random)
  return {
    write: { method: 'POST', path: '/tasks', body: { title: key, project: project || null } },
    known: body => tasks.of(project).push(body.id),
  }
}

const one = (person: Person, tasks: Tasks, random: Random) => tasks.of(anyProject(person, random))

const change: Planner = (person, _, tasks, random, key) => {
  const ids = one(person, tasks, random)
  return ids.length === 0
    ? null
    : { write: { method: 'PATCH', path: `/tasks/${random.pick(ids)}`, body: { title: key } } }
}

const move: Planner = (person, _, tasks, random) => {
  const ids = one(person, tasks, random)
  const to = anyProject(person, random)
  if (ids.length === 0) return null
  const [id] = ids.splice(random.below(ids.length), 1)
  return {
    write: { method: 'PATCH', path: `/tasks/${id}`, body: { project: to || null } },
    mayBeNothing: true,
    known: () => tasks.of(to).push(id!),
  }
}

const bulk: Planner = (person, _, tasks, random, key) => {
  const ids = one(person, tasks, random)
  if (ids.length === 0) return null
  const task_ids = [...new Set(Array.from({ length: 2 + random.below(8) }, () => random.pick(ids)))]
  const write = { method: 'POST', path: '/tasks/bulk-update', body: { task_ids, updates: { category: key } } }
  return { write, mayBeNothing: true }
}

const remove: Planner = (person, _, tasks, random) => {
  const ids = one(person, tasks, random)
  if (ids.length < 10) return null
  const [first, second] = ids.splice(random.below(ids.length - 1), 2)
  return random.chance(0.8)
    ? { write: { method: 'DELETE', path: `/tasks/${first}` } }
    : { write: { method: 'POST', path: '/tasks/bulk-delete', body: { task_ids: [first, second] } }, mayBeNothing: true }
}

const members: Planner = (person, { moving, people }, _, random) => {
  if (person !== moving.owner) return null
  const somebody = random.pick(people.filter(({ moving: moves }) => moves)).account.person.id
  const path = `/projects/${random.pick(moving.projects)}/members/${somebody}`
  return random.chance(0.5)
    ? { write: { method: 'PUT', path, body: { role: random.pick(['viewer', 'editor']) } }, mayBeNothing: true }
    : { write: { method: 'DELETE', path }, mayBeNothing: true }
}

const planners: Planner[] = [
  create,
  create,
  create,
  create,
  change,
  change,
  change,
  change,
  move,
  bulk,
  remove,
  members,
]

/** People who write through all instances, each one write at a time, and never give a write up. */
export function startWriters(stage: Stage, world: World, random: Random, pauseMs: number) {
  const run = randomUUID().slice(0, 6)
  const tasks = new Tasks()
  const done: Done[] = []
  let [stopped, count] = [false, 0]

  const writing = world.people
    .filter(({ moving }) => !moving)
    .map(async person => {
      const session = createSession(await person.account.login(stage.instances[0]!), stage.instances)
      while (!stopped) {
        await sleep(pauseMs * (0.5 + random.below(100) / 100))
        const key = `${run}-${++count}`
        const plan = random.pick(planners)(person, world, tasks, random, key)
        if (!plan) continue
        const choose = () => random.pick(stage.instances)
        const operation = await settle({ session, key, write: plan.write, choose, withinMs: 3_000 })
        done.push({ ...operation, mayBeNothing: plan.mayBeNothing ?? false })
        if (operation.status < 300) plan.known?.(operation.body)
      }
    })
  return {
    done,
    stop: async () => {
      stopped = true
      await Promise.all(writing)
    },
  }
}
