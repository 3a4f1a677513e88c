import assert from 'node:assert/strict'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { expect, startServer, type Client, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, created } from '../suites/answers.ts'

describe('page: comments', () => {
  const browser = useBrowser()
  let server: TestServer
  let ada: Client
  let grace: Client
  let here: BoardWindow
  let there: BoardWindow
  let project: any

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    ;[ada, grace] = [await server.user('ada'), await server.user('grace')]
    project = await addProject(ada, { name: 'Garden' })
    await addMember(ada, project, grace, 'viewer')
    here = await openBoard(browser(), server.url, ada)
    there = await openBoard(browser(), server.url, grace)
  })
  after(async () => {
    await Promise.all([here?.close(), there?.close()])
    await server?.close()
  })

  const list = ({ page }: BoardWindow) => page.getByRole('list', { name: 'Comments' })
  const box = ({ page }: BoardWindow) => page.getByRole('textbox', { name: 'Comment', exact: true })
  const shown = (window: BoardWindow) => list(window).locator('.markdown').allInnerTexts()
  const say = (who: Client, task: { id: number }, body: string) => created(who, `/tasks/${task.id}/comments`, { body })

  /** In both windows. */
  async function open(task: { id: number }, ...windows: BoardWindow[]) {
    for (const { page } of windows) {
      await page.evaluate(`location.hash = '/'`)
      await page.evaluate(`location.hash = '/tasks/${task.id}'`)
      await page.getByRole('dialog').getByRole('tab', { name: 'Comments' }).waitFor()
    }
  }
  const inGarden = (fields: object = {}) => addTask(ada, { project: project.id, ...fields })

  it('[PG13] shows a new comment in the open dialog of others, of a viewer too', async () => {
    await open(await inGarden(), here, there)
    await box(there).fill('A viewer speaks')
    await box(there).press('Control+Enter')
    await list(here).getByText('A viewer speaks').waitFor()

    await box(here).fill('and is answered')
    await here.page.getByRole('button', { name: 'Send' }).click()

    await eventually(async () => assert.deepEqual(await shown(there), ['and is answered', 'A viewer speaks']))
    await eventually(async () => assert.equal(await box(here).inputValue(), ''))
  })

  it('[PG13] lets people edit and delete their own comments, and the owner those of others', async () => {
    const task = await inGarden()
    await say(ada, task, 'of ada')
    await say(grace, task, 'of grace')
    await open(task, here, there)
    await list(there).getByText('of ada').waitFor()
    assert.equal(await there.page.getByRole('button', { name: 'Actions on the comment' }).count(), 1)

    await there.page.getByRole('button', { name: 'Actions on the comment' }).click()
    await there.page.getByRole('menuitem', { name: 'Edit' }).click()
    await there.page.getByRole('textbox', { name: 'Edit comment' }).fill('of grace, again')
    await there.page.keyboard.press('Control+Enter')
    await list(here).getByText('of grace, again').waitFor()

    await here.page.getByRole('button', { name: 'Actions on the comment of grace' }).click()
    await here.page.getByRole('menuitem', { name: 'Delete' }).click()
    await here.page.getByRole('button', { name: 'Delete it' }).click()
    await eventually(async () => assert.deepEqual(await shown(there), ['of ada']))
  })

  it('[PG13] shows comments, changes and deletions that were missed offline', async () => {
    const task = await inGarden()
    const [goes, changes] = [await say(ada, task, 'goes'), await say(ada, task, 'changes')]
    await open(task, there)
    await list(there).getByText('goes').waitFor()
    await there.setOffline(true)
    await there.page.getByText('Offline').waitFor()

    await expect(ada.rest('DELETE', `/comments/${goes.id}`), 204)
    await expect(ada.rest('PATCH', `/comments/${changes.id}`, { body: 'changed' }), 200)
    await say(ada, task, 'new')
    await there.setOffline(false)

    await eventually(async () => assert.deepEqual(await shown(there), ['new', 'changed']), { within: 10_000 })
  })

  it('[PG13] loads long lists by pages, and keeps unsaved text when the dialog closes', async () => {
    const task = await inGarden()
    for (let at = 1; at <= 25; at += 1) await say(ada, task, `no. ${at}`)
    await open(task, here)
    await eventually(async () => assert.equal((await shown(here)).length, 20))
    await here.page.getByRole('button', { name: 'Show earlier ones' }).click()
    await eventually(async () => assert.deepEqual((await shown(here)).slice(-2), ['no. 2', 'no. 1']))

    await box(here).fill('half a thou')
    await here.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    await here.page.getByRole('dialog').waitFor({ state: 'detached' })
    await open(task, here)
    assert.equal(await box(here).inputValue(), 'half a thou')
  })

  it('[PG14] shows Markdown, and treats HTML as text (attack 94)', async () => {
    const title = '<img src=x onerror="window.hit = 2"> [y](javascript:alert(2)) in a title'
    const task = await inGarden({ title })
    await say(ada, task, '**bold** <img src=x onerror="window.hit = 1"> [x](javascript:alert(1)) https://a.example')
    await open(task, there)
    await list(there).locator('strong', { hasText: 'bold' }).waitFor()
    assert.equal(await list(there).locator('img').count(), 0)
    const links = await list(there)
      .locator('a')
      .evaluateAll(all => all.map(link => link.getAttribute('href')))
    assert.deepEqual(links, ['https://a.example'])
    await there.page.locator('.card').getByText(title, { exact: true }).waitFor()
    assert.equal(await there.page.locator('img[src="x"], a[href^="javascript:"]').count(), 0)
    assert.equal(await there.page.evaluate('window.hit'), undefined)
  })

  it('[PG14] shows a formatted description, and edits it by keyboard or by a click on it', async () => {
    const description =
      '3. three\n4. four\n\n| a | b |\n|---|---|\n| ~~c~~ | [x] |\n\n- [x] done\n\n<b>@ann</b> https://a.example/(x)'
    const task = await inGarden({ description })
    await open(task, here, there)
    const text = here.page.locator('.description .markdown')
    await text.locator('ol[start="3"] li').nth(1).waitFor()
    assert.deepEqual(
      [await text.locator('td del').innerText(), await text.getByRole('checkbox', { name: 'Done' }).isChecked()],
      ['c', true],
    )
    assert.equal(await text.getByText('<b>@ann</b>').count(), 1)
    assert.equal(await text.getByRole('link').getAttribute('href'), 'https://a.example/(x)')
    assert.equal(await there.page.getByRole('button', { name: 'Edit the description' }).count(), 0)
    await there.page.locator('.description .markdown').click()
    assert.equal(await there.page.getByRole('textbox', { name: 'Description' }).count(), 0)

    await here.page.getByRole('button', { name: 'Edit the description' }).press('Enter')
    await here.page.keyboard.press('Control+A')
    await here.page.keyboard.type('*new*')
    await here.page.getByRole('button', { name: 'Show as it reads' }).click()
    await text.locator('em', { hasText: 'new' }).click()
    assert.equal(await here.page.getByRole('textbox', { name: 'Description' }).inputValue(), '*new*')
    await here.page.getByRole('button', { name: 'Save' }).click()
    await there.page.locator('.description em', { hasText: 'new' }).waitFor()
  })

  it('[PG15] offers people who may read the task after @, by keyboard, and marks mentioned people', async () => {
    await server.user('grahame')
    await open(await inGarden(), here, there)
    await box(here).pressSequentially('Ask @gra')
    const options = here.page.getByRole('listbox', { name: 'People' }).getByRole('option')
    await eventually(async () =>
      assert.deepEqual(await options.allInnerTexts(), [`GR\ngrace\n@${grace.person.username}`]),
    )
    await here.page.keyboard.press('Enter')
    assert.equal(await box(here).inputValue(), `Ask @${grace.person.username} `)
    await here.page.keyboard.press('Control+Enter')

    await list(there).locator('.mention.is-me', { hasText: grace.person.username }).waitFor()
  })

  /** What is found for a search is not there until `act` has ended. */
  async function withoutAnswer(act: () => Promise<void>) {
    const hold = Promise.withResolvers<void>()
    await here.page.route(/[?&]search=/, async route => {
      await hold.promise
      await route.continue()
    })
    try {
      await act()
    } finally {
      hold.resolve()
      await here.page.unrouteAll({ behavior: 'wait' })
      await box(here).fill('')
    }
  }

  it('[PG15] does not pick a person from an earlier search by Enter', async () => {
    await open(await addTask(ada, {}), here)
    await box(here).pressSequentially('@')
    await here.page.getByRole('listbox', { name: 'People' }).getByRole('option').nth(1).waitFor()
    await withoutAnswer(async () => {
      await box(here).pressSequentially('zzz')
      await here.page.keyboard.press('Enter')
      assert.equal(await box(here).inputValue(), '@zzz\n')
    })
  })

  it('[PG15] keeps the person chosen by the arrow keys while more is typed', async () => {
    for (const name of ['aziz', 'zora', 'zorba']) await server.user(name)
    await open(await addTask(ada, {}), here)
    await box(here).pressSequentially('@z')
    const found = here.page.getByRole('listbox', { name: 'People' })
    const options = found.getByRole('option')
    await eventually(async () => assert.equal((await options.allInnerTexts()).length, 3))
    const chosen = () => found.getByRole('option', { selected: true }).innerText()
    await here.page.keyboard.press('ArrowDown')
    assert.match(await chosen(), /zora/)
    await withoutAnswer(async () => {
      await box(here).pressSequentially('or')
      await eventually(async () => assert.equal((await options.allInnerTexts()).length, 2))
      assert.match(await chosen(), /zora/)
      await here.page.keyboard.press('ArrowDown')
      assert.match(await chosen(), /zorba/)
    })
  })

  it('[PG15] does not send the form by Enter while nobody is found yet', async () => {
    const { id } = await addTask(ada, { title: 'whose' })
    await here.page.evaluate(`location.hash = '/tasks/${id}'`)
    const assignee = here.page.getByRole('combobox', { name: 'Assignee' })
    await assignee.fill('nobody whom anybody knows')
    await assignee.press('Enter')
    await here.page.keyboard.press('Tab')
    assert.equal(await here.page.getByRole('dialog').count(), 1)
    await open({ id }, here)
  })

  it('[PG15] closes the list of people by Escape, and not the dialog', async () => {
    await open(await inGarden(), here)
    await box(here).pressSequentially('@gra')
    const people = here.page.getByRole('listbox', { name: 'People' })
    await people.waitFor()
    await here.page.keyboard.press('Escape')
    await people.waitFor({ state: 'detached' })
    assert.equal(await box(here).inputValue(), '@gra')
    await here.page.keyboard.press('Control+A')
    await here.page.keyboard.press('Delete')
  })

  it('[PG18] shows in the activity who changed what, from which value to which', async () => {
    const task = await inGarden({ title: 'Dig' })
    await open(task, there)
    await there.page.getByRole('tab', { name: 'Activity' }).click()
    await there.page.getByText('ada created it').waitFor()

    const changes = { status: 'done', title: 'Dig deep', assignee_id: grace.person.id }
    await expect(ada.rest('PATCH', `/tasks/${task.id}`, changes), 200)

    const newest = there.page.getByRole('list', { name: 'Activity' }).getByRole('listitem').first()
    await newest.getByText('moved it from To do to Done').waitFor()
    const text = await newest.innerText()
    for (const part of ['ada', 'renamed it from “Dig” to “Dig deep”', 'assigned it to you']) {
      assert.ok(text.includes(part), `${part} in ${text}`)
    }
    assert.ok(!text.includes('completed'))
  })

  it('[PG19] gives the reason to people who may not comment, and shows nothing to people who may not see the task', async () => {
    const stranger = await server.user('stranger')
    const visible = await addProject(ada, { name: 'Fence', visibility: 'internal' })
    const [seen, unseen] = [await addTask(ada, { project: visible.id }), await inGarden({ title: 'a secret' })]
    await say(ada, unseen, 'whispered')
    const window = await openBoard(browser(), server.url, stranger)
    await open(seen, window)
    await window.page.getByText('Only members of the project may comment').waitFor()
    assert.equal(await box(window).count(), 0)

    await window.page.evaluate(`location.hash = '/tasks/${unseen.id}'`)
    await window.page.getByRole('alert').getByText('you may not see it').waitFor()
    assert.equal(await window.page.getByText(/whispered|a secret/).count(), 0)
    await window.close()
  })
})
