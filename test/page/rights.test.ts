import assert from 'node:assert/strict'
import type { APIResponse, Locator, Route } from 'playwright-core'
import type { BoardWindow } from '../support/board-window.ts'
import { eventually } from '../support/eventually.ts'
import { expect, type Client, type TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'
import { addMember, addProject, addTask, created } from '../suites/answers.ts'

describe('page: rights', () => {
  let server: TestServer
  let ada: Client
  let grace: Client
  let here: BoardWindow
  let there: BoardWindow

  withBoards({ people: ['ada', 'grace'] }, boards => {
    server = boards.server
    ;[ada, grace] = boards.people
    ;[here, there] = boards.windows
  })
  beforeEach(async () => {
    await server.query('delete from tasks')
    await Promise.all([here.reopen(), there.reopen()])
  })

  const button = ({ page }: BoardWindow, name: string) => page.getByRole('button', { name, exact: true })
  const goTo = ({ page }: BoardWindow, address: string) => page.evaluate(`location.hash = '${address}'`)
  const removed = (project: any, who: Client) =>
    expect(ada.rest('DELETE', `/projects/${project.id}/members/${who.person.id}`), 204)

  /** Each of these gives somebody the right to see a task, and not the right to change it. */
  const readers: Record<string, () => Promise<any>> = {
    'a viewer': async () => {
      const project = await addProject(ada, { name: 'Viewed' })
      await addMember(ada, project, grace, 'viewer')
      return project
    },
    'a non-member of an internal project': () => addProject(ada, { name: 'Open', visibility: 'internal' }),
    'an editor of an archived project': async () => {
      const project = await addProject(ada, { name: 'Closed' })
      await addMember(ada, project, grace, 'editor')
      return project
    },
  }
  for (const [who, start] of Object.entries(readers)) {
    it(`[PG36] offers ${who} no way to move, select or delete, and does not show them as editing`, async () => {
      const project = await start()
      await addTask(ada, { title: 'look', project: project.id })
      if (who.includes('archived'))
        await expect(ada.rest('PATCH', `/projects/${project.id}`, { status: 'archived' }), 200)
      const card = there.card('look')
      await card.waitFor()
      await eventually(async () => assert.equal(await card.getAttribute('draggable'), null))
      assert.equal(await card.getByRole('checkbox').count(), 0)
      await card.press('m')
      assert.deepEqual(await there.page.getByRole('menuitem').allInnerTexts(), ['Open', 'Copy link'])
      await there.page.keyboard.press('Escape')

      for (const key of ['Delete', 'Alt+ArrowRight', 'x', ' ']) await card.press(key)
      await there.page.getByText('You may read this task, and not change it').waitFor()
      assert.equal(await there.page.getByRole('dialog').or(there.page.getByRole('toolbar')).count(), 0)
      await card.dragTo(there.column('Done'))
      await card.press('Enter')
      await there.page.getByText('You may read this, and not change it').waitFor()
      for (const name of ['Save', 'Delete', 'Edit the description']) assert.equal(await button(there, name).count(), 0)
      // Messages arrive in order: a presence message of an editor would have arrived before this one.
      await goTo(there, '/')
      const own = await addTask(grace, { title: 'own' })
      await goTo(there, `/tasks/${own.id}`)
      await here.card('own').getByText('is editing').waitFor()
      assert.equal(await here.card('look').getByText('is editing').count(), 0)
      assert.deepEqual(await here.titles('To do'), ['look', 'own'])
      if (who.includes('archived'))
        await expect(ada.rest('PATCH', `/projects/${project.id}`, { status: 'active' }), 200)
    })
  }

  it('[PG36] offers all of it to an editor, and no longer once they are a viewer', async () => {
    const project = await addProject(ada, { name: 'Changing' })
    await addMember(ada, project, grace, 'editor')
    await addTask(ada, { title: 'mine too', project: project.id })
    await eventually(async () => assert.equal(await there.card('mine too').getAttribute('draggable'), 'true'))
    await addMember(ada, project, grace, 'viewer')
    await eventually(async () => assert.equal(await there.card('mine too').getAttribute('draggable'), null))
  })

  for (const visibility of ['private', 'internal']) {
    it(`[PG37] tells a person in the open dialog that they were removed from a project that is ${visibility}`, async () => {
      const project = await addProject(ada, { name: `Left ${visibility}`, visibility })
      await addMember(ada, project, grace, 'editor')
      const { id } = await addTask(ada, { title: 'half done', project: project.id })
      await goTo(there, `/tasks/${id}`)
      await there.page.getByRole('textbox', { name: 'Title' }).fill('nearly done')
      await removed(project, grace)
      const notice =
        visibility === 'private' ? 'You may no longer see this task' : 'You may read this, and not change it'
      await there.page.getByRole('dialog').getByText(notice).waitFor()
      assert.equal(await button(there, 'Save').count(), 0)
      assert.equal(await there.page.getByRole('textbox', { name: 'Title' }).inputValue(), 'nearly done')
      await button(there, 'Cancel').click()
      if (visibility === 'internal') await button(there, 'Discard').click()
      await there.page.getByRole('dialog').waitFor({ state: 'detached' })
    })
  }

  it('[PG37] tells a person why a task is gone, although the answer about its project arrives after they left that', async () => {
    const project = await addProject(ada, { name: 'Left early', visibility: 'private' })
    const asked = Promise.withResolvers<void>()
    const hold = Promise.withResolvers<void>()
    const address = `**/projects/${project.id}`
    const holdBack = async (route: Route) => {
      const answer = await route.fetch()
      asked.resolve()
      await hold.promise
      await route.fulfill({ response: answer })
    }
    await there.page.route(address, holdBack)
    await addMember(ada, project, grace, 'editor')
    await asked.promise
    const { id } = await addTask(ada, { title: 'seen for a moment', project: project.id })
    await goTo(there, `/tasks/${id}`)
    await there.page.getByRole('textbox', { name: 'Title' }).waitFor()
    const dialog = there.page.getByRole('dialog')
    await removed(project, grace)
    await dialog.getByText('You may no longer see this task').waitFor()
    hold.resolve()
    await there.page.unrouteAll({ behavior: 'wait' })
    await addProject(ada, { name: 'Everybody’s', visibility: 'internal' })
    await goTo(there, '/projects')
    const list = there.page.getByRole('list', { name: 'Projects' })
    await list.getByText('Everybody’s').waitFor()
    assert.equal(await list.getByText('Left early').count(), 0)
  })

  it('[PG36] lets a new editor edit although the project was renamed before the answer about it arrived', async () => {
    const project = await addProject(ada, { name: 'Before' })
    await addTask(ada, { title: 'of an editor', project: project.id })
    const asked = Promise.withResolvers<void>()
    const hold = Promise.withResolvers<void>()
    // It may be asked for twice.
    let first: Promise<APIResponse> | undefined
    await there.page.route(`**/projects/${project.id}`, async route => {
      const response = await (first ??= route.fetch())
      asked.resolve()
      await hold.promise
      await route.fulfill({ response })
    })
    await addMember(ada, project, grace, 'editor')
    await asked.promise
    await expect(ada.rest('PATCH', `/projects/${project.id}`, { name: 'Afterwards' }), 200)
    await there.card('of an editor').getByText('Afterwards').waitFor()
    hold.resolve()
    await there.page.unrouteAll({ behavior: 'wait' })
    await eventually(async () => assert.equal(await there.card('of an editor').getAttribute('draggable'), 'true'))
  })

  it('[PG37] shows no project that a person was removed from while they renamed it', async () => {
    const project = await addProject(ada, { name: 'Renamed late' })
    await addMember(ada, project, grace, 'owner')
    const stored = Promise.withResolvers<void>()
    const hold = Promise.withResolvers<void>()
    await there.page.route(`**/projects/${project.id}`, async route => {
      if (route.request().method() !== 'PATCH') return route.fallback()
      const answer = await route.fetch()
      stored.resolve()
      await hold.promise
      await route.fulfill({ response: answer })
    })
    await goTo(there, `/projects/${project.id}`)
    await there.page.getByRole('textbox', { name: 'Name', exact: true }).fill('Renamed in time')
    await there.page.getByRole('textbox', { name: 'Name', exact: true }).press('Enter')
    await stored.promise
    await removed(project, grace)
    await there.page.getByRole('alert').getByText('you may no longer see it').waitFor()
    hold.resolve()
    await there.page.unrouteAll({ behavior: 'wait' })
    await addProject(ada, { name: 'After that', visibility: 'internal' })
    const list = there.page.getByRole('list', { name: 'Projects' })
    await list.getByText('After that').waitFor()
    assert.equal(await list.getByText('Renamed').count(), 0)
  })

  it('[PG37] tells a person in the open dialog of a project that they may no longer see it', async () => {
    const project = await addProject(ada, { name: 'Going' })
    await addMember(ada, project, grace, 'viewer')
    await goTo(there, `/projects/${project.id}`)
    await there.page.getByRole('heading', { name: 'Going' }).waitFor()
    await removed(project, grace)
    await there.page.getByRole('alert').getByText('you may no longer see it').waitFor()
  })

  it('[PG37] tells a person who is made a viewer while writing a post or a video, and stores nothing more', async () => {
    const project = await addProject(ada, { name: 'Written' })
    await addMember(ada, project, grace, 'editor')
    const place = { title: 'written', project: project.id }
    const post = await created(grace, '/blog/posts', { ...place, status: 'published' })
    const video = await created(grace, '/videos', { ...place, url: 'https://vimeo.com/76979871' })
    await goTo(there, `/write/${post.id}`)
    await there.page.getByRole('textbox', { name: 'Text', exact: true }).fill('half a sentence')
    await addMember(ada, project, grace, 'viewer')
    await there.page.getByText('You may read this, and not change it').waitFor()
    for (const name of ['Save', 'Take back', 'Delete']) assert.equal(await button(there, name).count(), 0, name)
    assert.equal(await there.page.getByRole('textbox', { name: 'Text', exact: true }).inputValue(), 'half a sentence')

    await goTo(there, `/videos/${video.id}`)
    await there.page.getByRole('dialog').getByText('You may read this, and not change it').waitFor()
    assert.equal(await button(there, 'Save').count(), 0)
    await addMember(ada, project, grace, 'editor')
    await button(there, 'Save').waitFor()
  })

  it('[PG38] asks an owner before they give up that role', async () => {
    const project = await addProject(ada, { name: 'Owned' })
    await addMember(ada, project, grace, 'owner')
    await goTo(there, `/projects/${project.id}`)
    const role = there.page.getByRole('combobox', { name: 'Role of grace' })
    await role.selectOption('viewer')
    await there.page
      .getByRole('dialog', { name: 'Become a viewer of “Owned”?' })
      .getByRole('button', { name: 'Keep' })
      .click()
    assert.equal(await role.inputValue(), 'owner')
    await role.selectOption('viewer')
    await button(there, 'Give it up').click()
    await role.waitFor({ state: 'detached' })
  })

  it('[PG29] shows members beyond the first page, and sessions', async () => {
    const project = await addProject(ada, { name: 'Many' })
    await server.query(
      `with people as (
         insert into users (email, username, name, password_hash)
         select 'many' || n || '@example.com', 'many' || n, 'Many ' || n, '' from generate_series(1, 60) n returning id)
       insert into project_members (project_id, user_id, role) select $1, id, 'viewer' from people`,
      [project.id],
    )
    await server.query(
      `insert into sessions (id, user_id, ip_address, user_agent, expires_at, access_expires_at)
       select gen_random_uuid(), $1, '', '', now() + interval '1 day', now() from generate_series(1, 60)`,
      [ada.person.id],
    )
    const shown = (list: Locator) => list.getByRole('listitem').count()
    const isContinued = async (list: Locator) => {
      await eventually(async () => assert.equal(await shown(list), 50))
      await here.page.getByRole('button', { name: 'Show more' }).click()
      await eventually(async () => assert.ok((await shown(list)) > 60))
    }
    await goTo(here, `/projects/${project.id}`)
    await isContinued(here.page.getByRole('region', { name: 'Members' }).getByRole('list'))
    // Closing the dialog goes back in the history, which takes a moment.
    await here.page.keyboard.press('Escape')
    await here.page.getByRole('dialog').waitFor({ state: 'detached' })
    await goTo(here, '/settings')
    await isContinued(here.page.getByRole('list', { name: 'Sessions' }))
    await server.query('delete from users where email like $1', ['many%'])
  })

  it('[PG38] asks before a member is removed, before leaving, and before deleting many', async () => {
    const project = await addProject(ada, { name: 'Asked' })
    await addMember(ada, project, grace, 'editor')
    await goTo(here, `/projects/${project.id}`)
    await button(here, 'Remove grace').click()
    const asked = here.page.getByRole('dialog', { name: 'Remove grace?' })
    await asked.getByRole('button', { name: 'Keep' }).click()
    await asked.waitFor({ state: 'detached' })
    await button(here, 'Leave the project').click()
    await here.page.getByRole('dialog', { name: 'Leave “Asked”?' }).getByRole('button', { name: 'Keep' }).click()
    await button(here, 'Remove grace').click()
    await asked.getByRole('button', { name: 'Remove', exact: true }).click()
    await button(here, 'Remove grace').waitFor({ state: 'detached' })
    await here.page.keyboard.press('Escape')

    for (const title of ['one', 'two', 'three']) await addTask(ada, { title })
    await here.card('three').waitFor()
    await here.card('one').press('x')
    await here.card('two').press('x')
    await button(here, 'Delete…').click()
    await here.page.getByRole('dialog', { name: 'Delete 2 tasks?' }).getByRole('button', { name: 'Keep' }).click()
    assert.equal((await here.titles('To do')).length, 3)
    await button(here, 'Delete…').click()
    await button(here, 'Delete 2 tasks').click()
    await eventually(async () => assert.deepEqual(await there.titles('To do'), ['three']))
  })

  it('[PG38] imports one file once', async () => {
    await goTo(here, '/import')
    const file = { name: 'tasks.csv', mimeType: 'text/csv', buffer: Buffer.from('title\nonly once\n') }
    await here.page.getByLabel('File').setInputFiles(file)
    await here.page.evaluate(`{
      const start = [...document.querySelectorAll('dialog button')].find(one => one.textContent === 'Start')
      start.click()
      start.click()
    }`)
    await button(here, 'Start').waitFor({ state: 'detached' })
    await there.card('only once').waitFor()
    await here.page.getByText('Choose another file to import more').waitFor()
    assert.deepEqual(await there.titles('To do'), ['only once'])
    assert.equal((await server.query('select id from jobs')).length, 1)
    await here.page.getByLabel('File').setInputFiles({ ...file, name: 'more.csv' })
    await button(here, 'Start').waitFor()
  })

  for (const viewport of [
    { width: 360, height: 640 },
    { width: 640, height: 360 },
    { width: 1440, height: 900 },
  ]) {
    it(`[PG39] shows the list of people above everything at ${viewport.width} × ${viewport.height}`, async () => {
      for (const name of ['anna', 'annabel', 'annette', 'annika']) await server.user(name)
      const { id } = await addTask(ada, { title: 'whose' })
      await here.page.setViewportSize(viewport)
      await goTo(here, `/tasks/${id}`)
      const assignee = here.page.getByRole('combobox', { name: 'Assignee' })
      await assignee.pressSequentially('ann')
      await isReachable(here, assignee)
      const options = here.page.getByRole('listbox', { name: 'People' }).getByRole('option')
      await eventually(async () => {
        const texts = await options.allInnerTexts()
        assert.ok(texts.length > 0 && texts.every(text => text.includes('ann')), String(texts))
      })
      await here.page.getByRole('listbox', { name: 'People' }).getByRole('option').first().click()
      await eventually(async () => assert.match(await assignee.inputValue(), /^ann/))
      await here.page.getByRole('textbox', { name: 'Comment', exact: true }).pressSequentially('@ann')
      await isReachable(here, here.page.getByRole('textbox', { name: 'Comment', exact: true }))
      await here.page.keyboard.press('Escape')
      await here.page.getByRole('textbox', { name: 'Comment', exact: true }).fill('')
      await here.page.setViewportSize({ width: 1440, height: 900 })
    })
  }

  /** Checks that every visible option receives the pointer, and that the list is at its field and inside the window. */
  async function isReachable({ page }: BoardWindow, field: Locator) {
    const list = page.getByRole('listbox', { name: 'People' })
    await list.waitFor()
    await eventually(async () =>
      assert.deepEqual(
        await list.evaluate((element: any) => {
          const { document, innerWidth, innerHeight } = element.ownerDocument.defaultView
          const bounds = element.getBoundingClientRect()
          const wrong = [...element.children].flatMap(option => {
            const { top, bottom, left, right } = option.getBoundingClientRect()
            const middle = (top + bottom) / 2
            if (middle < bounds.top || middle > bounds.bottom) return []
            return option.contains(document.elementFromPoint((left + right) / 2, middle)) ? [] : [option.textContent]
          })
          const isInside =
            bounds.left >= 0 && bounds.top >= 0 && bounds.right <= innerWidth && bounds.bottom <= innerHeight
          return { wrong, isInside, has: element.children.length > 0 }
        }),
        { wrong: [], isInside: true, has: true },
      ),
    )
    const [at, by] = [(await list.boundingBox())!, (await field.boundingBox())!]
    const gap = Math.max(at.y - (by.y + by.height), by.y - (at.y + at.height))
    assert.ok(gap >= 0 && gap <= 12, `${gap} px between the field and its list`)
  }
})
