import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, created } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { type Heard, join, listen } from '../suites/sockets.ts'

/** The state of a client that applies all events literally, in order: ids with versions. */
function applied(heard: readonly Heard[]): Record<number, number> {
  const held: Record<number, number> = {}
  for (const { name, payload } of heard) {
    if (name === 'post_created' || name === 'post_updated') held[payload.post.id] = payload.post.version
    if (name === 'post_deleted') delete held[payload.post_id]
  }
  return held
}

for (const [kept, recentEvents] of [
  ['in memory', 1_000],
  ['only in the log', 0],
] as const)
  describe(`drafts in rooms, with past events ${kept}`, () => {
    let server: TestServer
    let [ann, bob, eve]: Client[] = []
    let project: any
    let drafts: any[]
    let before: number
    beforeEach(async () => {
      server = await startServer({ tuning: { recentEvents } })
      ;[ann, bob, eve] = await Promise.all(['ann', 'bob', 'eve'].map(name => server.user(name)))
      project = await addProject(ann!)
      await addMember(ann!, project, bob!, 'owner')
      before = await position(server)
    })
    afterEach(() => server.close())

    const write = (fields: object) => created(ann!, '/blog/posts', { title: 'Soon', ...fields })
    const setStatus = ({ id }: any, status: string) => expect(ann!.rest('PATCH', `/blog/posts/${id}`, { status }), 200)

    /** Makes a post that stays a draft, one that is published, one that is unpublished and one that is deleted, in both places. */
    async function writePosts() {
      drafts = []
      for (const where of [project.id, null]) {
        drafts.push(await write({ project: where }))
        await setStatus(await write({ project: where }), 'published')
        const back = await write({ project: where, status: 'published' })
        await setStatus(back, 'draft')
        drafts.push(back)
        const gone = await write({ project: where })
        await expect(ann!.rest('DELETE', `/blog/posts/${gone.id}`), 204)
      }
      return position(server)
    }
    const stateOf = async (client: Client, query = '') => {
      const { results } = (await expect(client.rest('GET', `/blog/posts?page_size=100&${query}`), 200)).body
      return Object.fromEntries(results.map(({ id, version }: any) => [id, version]))
    }
    const ofPosts = (heard: Heard[]) => heard.filter(({ name }) => name.startsWith('post_'))
    const readLog = async (client: Client, room: string): Promise<Heard[]> => {
      const { body } = await expect(client.rest('GET', `/events?room=${room}&since=${before}`), 200)
      return body.results.map(({ event, payload }: any) => ({ name: event, payload }))
    }

    for (const [room, query] of [
      ['posts', () => ''],
      ['project', () => `project=${project.id}`],
    ] as const)
      it(`[PO13] sends each reader in ${room} what they may see, live, on resume and over REST, and the result equals the list`, async () => {
        const name = room === 'project' ? `project_${project.id}` : room
        const readers = [ann!, bob!, server.admin, ...(room === 'posts' ? [eve!] : [])]
        const live = await Promise.all(readers.map(reader => listen(reader)))
        for (const { socket } of live) await join(socket, [name])
        const end = await writePosts()
        for (const [nth, reader] of readers.entries()) {
          const late = await listen(reader)
          const answer = await join(late.socket, [name], { since: before })
          const logged = ofPosts(await readLog(reader, name))
          await eventually(() => assert.deepEqual(ofPosts(live[nth]!.heard), logged))
          await eventually(() => assert.deepEqual(ofPosts(late.heard), logged))
          assert.ok(answer.recovered && answer.offset >= end)
          assert.deepEqual(applied(logged), await stateOf(reader, query()))
          if (reader !== ann && reader !== server.admin)
            assert.ok(
              !logged.some(({ payload }) => payload.post?.status === 'draft' || payload.post_id === drafts[0].id),
            )
        }
      })

    it('[PO13] sends a person no events of their own drafts once they may not read the project', async () => {
      await addMember(bob!, project, eve!, 'editor')
      const post = await created(eve!, '/blog/posts', { title: 'of eve', project: project.id })
      const { socket, heard } = await listen(eve!)
      await join(socket, ['posts'])
      await expect(bob!.rest('DELETE', `/projects/${project.id}/members/${eve!.person.id}`), 204)
      await eventually(() => assert.ok(heard.some(({ name }) => name === 'access_changed')))
      await expect(server.admin.rest('PATCH', `/blog/posts/${post.id}`, { title: 'of nobody' }), 200)
      const last = await created(eve!, '/blog/posts', { title: 'on the site' })
      await eventually(() => assert.equal(heard.at(-1)!.payload.post?.id, last.id))
      assert.ok(!JSON.stringify(heard).includes('of nobody'))
      assert.deepEqual(
        ofPosts(await readLog(eve!, 'posts')).map(({ payload }) => payload.post.id),
        [last.id],
      )
    })

    it('[PO13] sends no events of drafts to the room of a person', async () => {
      const { socket, heard } = await listen(ann!)
      await join(socket, [`user_${ann!.person.id}`])
      await writePosts()
      assert.deepEqual(ofPosts(heard), [])
      assert.deepEqual(await readLog(ann!, `user_${ann!.person.id}`), [])
    })
  })
