import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { type OEmbed, startOEmbed, talk } from '../support/oembed.ts'
import { expect, startServer, type Client, type TestServer } from '../support/server.ts'
import { addProject, created } from '../suites/answers.ts'
import { png } from '../suites/media.ts'

const usual = {
  body: { title: 'How it works', author_name: 'Somebody', thumbnail_url: 'https://i.ytimg.com/vi/x/hq.jpg' },
}

describe('page: videos', () => {
  const browser = useBrowser()
  let server: TestServer
  let oembed: OEmbed
  let ada: Client
  let here: BoardWindow
  let there: BoardWindow

  before(async function () {
    this.timeout(120_000)
    oembed = await startOEmbed(() => usual)
    const env = { ...oembed.env, OUTBOUND_ALLOW_PRIVATE: 'true' }
    server = await startServer({ page: true, env, tuning: { jobBackoffMs: 5 } })
    ada = await server.user('ada')
    here = await openBoard(browser(), server.url, ada)
    there = await openBoard(browser(), server.url, server.admin)
    // No test calls a server of YouTube's.
    const picture = await png()
    for (const { page } of [here, there])
      await page.route('https://i.ytimg.com/**', route => route.fulfill({ contentType: 'image/png', body: picture }))
  })
  after(async () => {
    await Promise.all([here?.close(), there?.close()])
    await server?.close()
    await oembed?.close()
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
  const video = (fields: object) => created(ada, '/videos', { title: 'a video', url: 'https://a.example/v', ...fields })
  const menu = async (page: Page, title: string, item: string) => {
    await button(page, `Actions on ${title}`).click()
    await page.getByRole('menuitem', { name: item }).click()
  }

  it('[PG25] shows a video that is added, changed and deleted in the other window', async () => {
    await goTo('/videos', here, there)
    await button(here.page, 'Add a video').click()
    await field(here.page, 'Address').fill('https://www.youtube.com/watch?v=abcdefghijk')
    await field(here.page, 'Title').fill('Pruning')
    await field(here.page, 'Tags').fill('trees, spring,trees')
    await button(here.page, 'Add').click()
    await card(there.page, 'Pruning').getByText('YouTube').waitFor()
    const link = card(there.page, 'Pruning').getByRole('link')
    assert.deepEqual(
      [await link.getAttribute('href'), await link.getAttribute('rel')],
      ['https://www.youtube.com/watch?v=abcdefghijk', 'noopener noreferrer'],
    )

    await menu(here.page, 'Pruning', 'Edit')
    await field(here.page, 'Title').fill('Pruning trees')
    await field(here.page, 'Title').press('Enter')
    await card(there.page, 'Pruning trees').getByRole('button', { name: 'spring' }).waitFor()
    await menu(here.page, 'Pruning trees', 'Delete')
    await here.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    for (const { page } of [here, there]) await card(page, 'Pruning trees').waitFor({ state: 'detached' })
  })

  it('[PG25] loads pictures only from servers of the providers', async () => {
    const asked: string[] = []
    here.page.on('request', request => asked.push(request.url()))
    await video({ title: 'Allowed', thumbnail_url: 'https://i.ytimg.com/vi/x/hq.jpg' })
    await video({ title: 'Elsewhere', thumbnail_url: 'https://tracker.example/x.png' })
    await goTo('/videos', here)
    await eventually(async () =>
      assert.ok(
        await card(here.page, 'Allowed')
          .locator('img')
          .evaluate(image => (image as unknown as { naturalWidth: number }).naturalWidth),
      ),
    )
    assert.equal(await card(here.page, 'Elsewhere').locator('img').count(), 0)
    assert.ok(!asked.some(url => url.includes('tracker')))
  })

  it('[PG25] filters the list by provider, tag, project and words', async () => {
    const project = await addProject(ada, { name: 'Films' })
    await video({ title: 'Wanted words', tags: ['red'], project: project.id })
    await video({ title: 'Wanted too', tags: ['blue'], project: project.id })
    await goTo(`/videos?project=${project.id}`, here)
    await card(here.page, 'Wanted too').waitFor()
    await card(here.page, 'Wanted words').getByRole('button', { name: 'red' }).click()
    await card(here.page, 'Wanted too').waitFor({ state: 'detached' })
    await here.page.getByRole('button', { name: 'no longer only with this tag' }).click()
    await card(here.page, 'Wanted too').waitFor()
    await field(here.page, 'Search').fill('words')
    await card(here.page, 'Wanted too').waitFor({ state: 'detached' })
    await here.page.getByRole('combobox', { name: 'From' }).selectOption('Vimeo')
    await here.page.getByText('Nothing matches').waitFor()
    await here.page.getByRole('link', { name: 'Show all' }).click()
    await card(here.page, 'Wanted too').waitFor()
  })

  it('[PG25] removes a video at once that somebody else makes private, and keeps it for whoever added it', async () => {
    const { id } = await video({ title: 'Only mine soon' })
    const grace = await server.user('grace')
    const window = await openBoard(browser(), server.url, grace)
    await goTo('/videos', here, window)
    await card(window.page, 'Only mine soon').waitFor()
    await expect(ada.rest('PATCH', `/videos/${id}`, { visibility: 'private' }), 200)
    await card(here.page, 'Only mine soon').getByText('Private').waitFor()
    await card(window.page, 'Only mine soon').waitFor({ state: 'detached' })
    await window.close()
  })

  it('[PG26] lets administrators change many videos alike', async () => {
    for (const title of ['batch one', 'batch two']) await video({ title })
    await goTo('/videos', here, there)
    for (const title of ['batch one', 'batch two'])
      await there.page.getByRole('checkbox', { name: `Select ${title}` }).check()
    await there.page.getByRole('region', { name: 'Selected videos' }).getByRole('button', { name: 'Change' }).click()
    await there.page.getByRole('checkbox', { name: 'Give them other tags' }).check()
    await field(there.page, 'Tags').fill('sorted')
    await button(there.page, 'Save').click()
    for (const title of ['batch one', 'batch two'])
      await card(here.page, title).getByRole('button', { name: 'sorted' }).waitFor()
    await there.page.getByText('2 videos are changed').waitFor()
    assert.equal(await here.page.getByRole('checkbox', { name: 'Select batch one' }).count(), 0)
  })

  it('[PG31] keeps the form for many videos that was opened again before the first one was answered', async () => {
    await video({ title: 'batch three' })
    await goTo('/videos', there)
    const { page } = there
    const tags = field(page, 'Tags')
    const open = async () => {
      await page.getByRole('region', { name: 'Selected videos' }).getByRole('button', { name: 'Change' }).click()
      await page.getByRole('checkbox', { name: 'Give them other tags' }).setChecked(true)
    }
    const hold = Promise.withResolvers<void>()
    await page.route(
      '**/batch/videos/update',
      async route => {
        const answer = await route.fetch()
        await hold.promise
        await route.fulfill({ response: answer })
      },
      { times: 1 },
    )
    try {
      await page.getByRole('checkbox', { name: 'Select batch three' }).check()
      await open()
      await tags.fill('third')
      await button(page, 'Save').click()
      await card(page, 'batch three').getByRole('button', { name: 'third' }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await open()
      await tags.fill('third, and more')
    } finally {
      hold.resolve()
    }
    await page.getByText('1 video is changed').waitFor()
    await page.getByRole('region', { name: 'Selected videos' }).waitFor({ state: 'detached' })
    assert.equal(await tags.inputValue(), 'third, and more')
    await page.keyboard.press('Escape')
    await page.getByRole('checkbox', { name: 'Select batch three' }).check()
    await open()
    assert.equal(await tags.inputValue(), 'third, and more')
    await tags.fill('')
    await page.keyboard.press('Escape')
  })

  it('[PG27] imports many videos live, with the result of each', async () => {
    let release = () => {}
    const until = new Promise<void>(resolve => (release = resolve))
    oembed.answerWith(address =>
      address === talk(2)
        ? { status: 404 }
        : {
            body: { ...usual.body, title: address === talk(1) ? 'First talk' : 'Third talk' },
            ...(address === talk(3) && { until }),
          },
    )
    await goTo('/videos', here, there)
    await button(here.page, 'Import').click()
    const dialog = here.page.getByRole('dialog')
    await field(here.page, 'Addresses').fill([1, 2, 3].map(talk).join('\n'))
    await button(here.page, 'Import 3 videos').click()
    await dialog.getByRole('progressbar').waitFor()
    await dialog.getByText('2 of 3, 1 failed').waitFor()
    await dialog.getByText('Imported').waitFor()
    await card(there.page, 'First talk').waitFor()
    assert.match(await here.page.locator('.running-jobs').innerText(), /66 %/)
    release()
    await dialog.getByText('Done: 3 of 3, 1 failed').waitFor()
    await eventually(async () => {
      const items = await dialog
        .getByRole('list', { name: 'What became of each address' })
        .getByRole('listitem')
        .allInnerTexts()
      assert.deepEqual(
        items.map(text => /Imported|Failed/.exec(text)?.[0]),
        ['Imported', 'Failed', 'Imported'],
      )
    })
    await button(here.page, 'Close').last().click()
    await card(there.page, 'Third talk').waitFor()
  })

  it('[PG27] stops a job, and announces its end with a link to it', async () => {
    oembed.answerWith(() => ({ ...usual, until: new Promise(() => {}) }))
    await expect(ada.rest('POST', '/import/videos', { urls: [talk(9)] }), 202)
    await here.page.getByRole('link', { name: /Import of videos: / }).click()
    await button(here.page, 'Cancel').click()
    await here.page.locator('.running-jobs').waitFor({ state: 'detached' })
    await here.page.getByRole('list').getByText('Cancelled').waitFor()
    await goTo('/notifications', here)
    await here.page
      .getByRole('link', { name: /Import of videos is done/ })
      .first()
      .click()
    await here.page.getByRole('dialog').getByText('Done: 3 of 3, 1 failed').waitFor()
    await here.page.keyboard.press('Escape')
  })

  it('[PG27] imports tasks from a file: a trial with the faults of each row, then the import', async () => {
    await here.reopen()
    await there.reopen()
    await button(here.page, 'Import').click()
    const dialog = here.page.getByRole('dialog')
    const csv = 'title,priority,effort,effort\nFrom a file,high,3,5\nWrong,whatever,,\n'
    await dialog.getByLabel('File').setInputFiles({ name: 'tasks.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    await button(here.page, 'Try it').click()
    await dialog.getByText('1 task would be made').waitFor()
    await dialog.getByRole('list', { name: 'Rows that were left out' }).getByText('Line 3').waitFor()
    const lost = dialog.getByRole('list', { name: 'Left out, because tasks do not have it' })
    assert.equal(await lost.getByRole('listitem').innerText(), 'effort\n2 in 1 task')
    assert.equal(await there.card('From a file').count(), 0)
    await button(here.page, 'Start').click()
    await dialog.getByText('1 task made').waitFor()
    await there.card('From a file').waitFor()
  })
})
