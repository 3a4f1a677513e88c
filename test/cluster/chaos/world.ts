import type { Random } from '../../fuzz/random.ts'
import { addMember, addProject } from '../../suites/answers.ts'
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts'
import type { Account } from '../account.ts'
import { roaming } from '../crowd.ts'
import { follow, type Follower } from '../follower.ts'
import { openIoConnection } from '../io-connection.ts'
import { openRawConnection } from '../raw-connection.ts'
import { createSession } from '../session.ts'
import { makeKey } from './keys.ts'
import type { Stage } from '../stage.ts'

export interface Person {
  account: Account
  /** The projects that they may read; constant unless they are `moving`. */
  readable: 'all' | ReadonlySet<number>
  /** The projects in which they may write. */
  editable: number[]
  moving: boolean
}

export interface World {
  people: Person[]
  admin: Person
  /** Projects whose members come and go. */
  moving: { owner: Person; projects: number[] }
  /** A project for the probes alone. */
  probe: { person: Person; project: number }
}

/** People with different rights: some keep them, some do not. */
export async function createWorld(stage: Stage): Promise<World> {
  const [first] = stage.instances as [(typeof stage.instances)[0]]
  const at = (account: Account) => account.at(first)
  const makePerson = async (name: string, moving = false) => ({
    account: await stage.user(name),
    readable: new Set<number>(),
    editable: [] as number[],
    moving,
  })
  const steady = await Promise.all(['ann', 'bob', 'cat', 'dan', 'eve'].map(name => makePerson(name)))
  const movers = await Promise.all(['fay', 'gus'].map(name => makePerson(name, true)))
  const probing = await makePerson('probe')
  const makeProject = async (owner: (typeof steady)[0], visibility = 'private') => {
    const { id } = await addProject(at(owner.account), { visibility })
    owner.readable.add(id)
    owner.editable.push(id)
    return id as number
  }
  const letIn = async (owner: Account, id: number, person: (typeof steady)[0], role: string) => {
    await addMember(at(owner), { id }, at(person.account), role)
    person.readable.add(id)
    if (role === 'editor') person.editable.push(id)
  }

  for (const [nth, owner] of steady.slice(0, 3).entries()) {
    const id = await makeProject(owner)
    await letIn(owner.account, id, steady[nth + 1]!, 'editor')
    await letIn(owner.account, id, steady[(nth + 3) % 5]!, 'viewer')
  }
  const open = await makeProject(steady[4]!, 'internal')
  for (const { readable } of [...steady, ...movers, probing]) readable.add(open)
  const [owner] = steady as [(typeof steady)[0]]
  const projects = [await makeProject(owner), await makeProject(owner)]
  const project = await makeProject(probing)
  return {
    people: [...steady, ...movers],
    admin: { account: stage.admin, readable: 'all', editable: [], moving: false },
    moving: { owner, projects },
    probe: { person: probing, project },
  }
}

export interface Crowd {
  all: { follower: Follower; person: Person }[]
  /** One client at each instance, which never changes its instance. */
  probes: Follower[]
  /** Proxies of clients that are slow at times. */
  slow: FaultProxy[]
}

/** Clients of twenty kinds, and a probe at each instance. */
export async function createCrowd(stage: Stage, world: World, random: Random, clients: number): Promise<Crowd> {
  const { instances } = stage
  const { people, admin, probe, moving } = world
  const slow = await Promise.all([1, 2].map(() => startFaultProxy(1)))
  const start = async (nth: number) => {
    const person = nth % 20 === 19 ? admin : people[nth % people.length]!
    const home = instances[nth % instances.length]!
    const own = person.readable === 'all' ? ['projects'] : [...person.readable].map(id => `project_${id}`)
    const rooms = [['tasks'], ['tasks', 'projects', `user_${person.account.person.id}`], own, ['tasks', ...own]][
      (nth + Math.floor(nth / 4)) % 4
    ]!
    if (person.moving) rooms.push('tasks', 'projects', ...random.some(moving.projects).map(id => `project_${id}`))
    const proxy = slow[nth - 4]
    // Two of twenty are programs with an API key.
    const reads = nth % 20 === 9 ? 'all' : nth % 20 === 17 ? 'some' : null
    const apiKey = reads && !person.moving ? await makeKey(person.account, home, reads) : null
    const follower = follow({
      name: `client ${nth}`,
      session: createSession(await person.account.login(home), instances),
      open: nth % 2 === 0 ? openRawConnection : openIoConnection,
      rooms,
      bulk: !person.moving && random.chance(0.4),
      choose: roaming(instances, home),
      ...(apiKey && { apiKey }),
      ...(proxy && {
        route: instance => {
          proxy.pointAt(instance.proxies.client.port)
          return `http://127.0.0.1:${proxy.port}`
        },
      }),
    })
    return { follower, person }
  }
  const all: Crowd['all'] = []
  // In batches, because each signs in, which is expensive.
  for (let nth = 0; nth < clients; nth += 20)
    all.push(...(await Promise.all(Array.from({ length: Math.min(20, clients - nth) }, (_, of) => start(nth + of)))))
  const probes = await Promise.all(
    instances.map(async instance =>
      follow({
        name: `probe ${instance.name}`,
        session: createSession(await probe.person.account.login(instance), instances),
        open: openRawConnection,
        rooms: [`project_${probe.project}`],
        choose: () => instance,
      }),
    ),
  )
  const everybody = [...all, ...probes.map(follower => ({ follower, person: probe.person }))]
  await Promise.all(everybody.map(({ follower }) => follower.settled(30_000)))
  return { all: everybody, probes, slow }
}
