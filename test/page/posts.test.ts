import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { BoardWindow } from '../support/board-window.ts'
import { eventually } from '../support/eventually.ts'
import { expect, type Client, type TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'
import { addMember, addProject, created } from '../suites/answers.ts'
import { png, upload } from '../suites/media.ts'

describe('page: posts', () => {
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

  const goTo = async (address: string, ...windows: BoardWindow[]) => {
    for (const { page } of windows) {
      await page.evaluate(`location.hash = '/settings'`)
      await page.evaluate(`location.hash = '${address}'`)
    }
  }
  const card = (page: Page, title: string) => page.getByRole('listitem', { name: title, exact: true })
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
  const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
  const post = (who: Client, fields: object) => created(who, '/blog/posts', { title: 'a post', ...fields })

  it('[PG23] shows a draft only to its author until it is published, and again once it is unpublished', async () => {
    await goTo('/posts', there)
    await there.page.getByText('Nobody has written anything yet').waitFor()
    await goTo('/posts', here)
    await here.page.getByRole('link', { name: 'Write a post' }).click()
    await field(here.page, 'Title').fill('How to plant a tree')
    await field(here.page, 'Text').fill('## Dig\n\n- a *deep* hole')
    await button(here.page, 'Save draft').click()
    await here.page.getByText('The draft is stored').waitFor()
    await goTo('/posts', here)
    await card(here.page, 'How to plant a tree').getByText('Draft').waitFor()
    assert.equal(await card(there.page, 'How to plant a tree').count(), 0)

    await card(here.page, 'How to plant a tree').getByRole('link').click()
    await here.page.getByRole('link', { name: 'Edit' }).click()
    await button(here.page, 'Publish').click()
    await card(there.page, 'How to plant a tree').getByRole('link').click()
    const article = there.page.getByRole('article')
    await article.getByRole('heading', { name: 'Dig', level: 2 }).waitFor()
    assert.equal(await article.getByRole('listitem').innerText(), 'a deep hole')

    await here.page.getByRole('link', { name: 'Edit' }).click()
    await button(here.page, 'Take back').click()
    await there.page.getByText('This post was deleted or taken back').waitFor()
    await here.page.getByText('it is a draft again').waitFor()
    await goTo('/posts', here)
    await card(here.page, 'How to plant a tree').waitFor()
  })

  it('[PG23] merges what somebody else changes into what one writes, and loses nothing of one’s own text', async () => {
    const garden = await addProject(ada, { name: 'Garden' })
    await addMember(ada, garden, grace, 'editor')
    const { id } = await post(ada, { title: 'Together', body: 'first', status: 'published', project: garden.id })
    await goTo(`/write/${id}`, here, there)
    await field(here.page, 'Text').fill('mine')
    await field(there.page, 'Title').fill('Together, renamed')
    await field(there.page, 'Text').fill('theirs')
    await button(there.page, 'Save').click()

    await here.page.getByText('Somebody changed what you are editing').waitFor()
    assert.equal(await field(here.page, 'Title').inputValue(), 'Together, renamed')
    assert.equal(await field(here.page, 'Text').inputValue(), 'mine')
    await here.page.locator('.theirs').getByText('theirs').waitFor()
    await button(here.page, 'Save').click()
    await there.page.getByRole('article').getByText('mine').waitFor()
  })

  it('[PG23] shows the present text on a conflict that no event reported, and keeps what was typed', async () => {
    const mine = await post(ada, { title: 'Unheard', body: 'first', status: 'published' })
    const current = { ...mine, version: mine.version + 1, body: 'elsewhere' }
    await goTo(`/write/${mine.id}`, here)
    await field(here.page, 'Text').fill('mine')
    const error = { code: 'version_conflict', message: 'It was changed.', details: { current } }
    await here.page.route(`**/blog/posts/${mine.id}`, route =>
      route.fulfill({ status: 412, json: { error, timestamp: '', request_id: '' } }),
    )
    await button(here.page, 'Save').click()
    await here.page.getByText('Somebody changed this post a moment ago').waitFor()
    await here.page.locator('.theirs').getByText('elsewhere').waitFor()
    assert.equal(await field(here.page, 'Text').inputValue(), 'mine')
    await here.page.unroute(`**/blog/posts/${mine.id}`)
    await expect(ada.rest('PATCH', `/blog/posts/${mine.id}`, { body: current.body }), 200)
    await button(here.page, 'Save').click()
    await here.page.getByRole('article').getByText('mine').waitFor()
  })

  it('[PG23] restores unsaved text when one comes back', async () => {
    await goTo('/write', here)
    await field(here.page, 'Title').fill('Half a thought')
    await goTo('/posts', here)
    await here.page.getByRole('link', { name: 'Write a post' }).click()
    assert.equal(await field(here.page, 'Title').inputValue(), 'Half a thought')
    await button(here.page, 'Cancel').click()
    await button(here.page, 'Discard').click()
    await here.page.getByRole('link', { name: 'Write a post' }).click()
    assert.equal(await field(here.page, 'Title').inputValue(), '')
  })

  it('[PG24] inserts and shows our own pictures, as the cover too; loads and runs nothing else', async () => {
    await upload(server, ada, [{ name: 'tree.png', content: await png() }])
    await goTo('/write', here)
    await field(here.page, 'Title').fill('Pictured')
    const evil = '![x](https://evil.example/x.png) <img src=x onerror=alert(1)> [y](javascript:alert(1))'
    await field(here.page, 'Text').fill(evil)
    await button(here.page, 'Insert a picture').click()
    const pick = here.page.getByRole('dialog').getByRole('button', { name: 'tree.png' })
    await pick.click()
    await button(here.page, 'Choose a cover').click()
    await pick.click()
    await here.page.locator('.segments').getByText('Preview').click()
    await here.page.getByRole('region', { name: 'Preview' }).getByRole('img', { name: 'tree.png' }).waitFor()
    await button(here.page, 'Publish').click()
    await here.page.getByRole('article').waitFor()

    await goTo('/posts/pictured', there)
    const article = there.page.getByRole('article')
    await eventually(async () => {
      const widths = await article
        .locator('img')
        .evaluateAll(all => all.map(image => (image as unknown as { naturalWidth: number }).naturalWidth))
      assert.ok(widths.length === 2 && widths.every(width => width > 0), String(widths))
    })
    assert.equal(await article.getByText('onerror=alert(1)').count(), 1)
    assert.deepEqual(await article.getByRole('link').evaluateAll(all => all.map(link => link.getAttribute('href'))), [
      'https://evil.example/x.png',
    ])
    const { body } = await expect(ada.rest('GET', '/blog/posts/pictured'), 200)
    assert.equal(body.media_ids.length, 1)
  })

  it('[PG24] uploads a picture in the editor', async () => {
    await goTo('/write', here)
    await field(here.page, 'Title').fill('Uploaded')
    const choosing = here.page.waitForEvent('filechooser')
    await button(here.page, 'Upload').click()
    await (await choosing).setFiles({ name: 'new.png', mimeType: 'image/png', buffer: await png() })
    await eventually(async () => assert.match(await field(here.page, 'Text').inputValue(), /!\[new\.png\]\(\/api/))
    await button(here.page, 'Cancel').click()
    await button(here.page, 'Discard').click()
  })

  it('[PG23] shows each error beside its field', async () => {
    await post(ada, { title: 'Taken', slug: 'taken' })
    await goTo('/write', here)
    await field(here.page, 'Title').fill('Another')
    await field(here.page, 'Address').fill('taken')
    await button(here.page, 'Save draft').click()
    const address = field(here.page, 'Address')
    await eventually(async () => assert.equal(await address.getAttribute('aria-invalid'), 'true'))
    await address.fill('free')
    await address.press('Enter')
    await here.page.getByText('The draft is stored').waitFor()
  })

  it('[PG29] loads a long list by pages as one scrolls, and puts live changes where they belong', async () => {
    const project = await addProject(ada, { name: 'Long' })
    for (let nth = 1; nth <= 30; nth += 1) await post(ada, { title: `post ${nth}`, project: project.id })
    await goTo(`/posts?project=${project.id}`, here)
    const titles = () =>
      here.page
        .getByRole('list', { name: 'All posts' })
        .getByRole('listitem')
        .evaluateAll(all => all.map(item => item.getAttribute('aria-label')))
    await card(here.page, 'post 30').waitFor()
    assert.equal((await titles()).length, 24)
    await post(ada, { title: 'the newest', project: project.id })
    await card(here.page, 'the newest').waitFor()
    await here.page.getByRole('button', { name: 'Show more' }).scrollIntoViewIfNeeded()
    await card(here.page, 'post 1').waitFor()
    const all = await titles()
    assert.deepEqual([all.length, all[0], all.at(-1)], [31, 'the newest', 'post 1'])
  })
})
