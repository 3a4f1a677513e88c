import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { BoardWindow } from '../support/board-window.ts'
import { eventually } from '../support/eventually.ts'
import type { Client, TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'
import { addMember, addProject, addTask } from '../suites/answers.ts'
import { jpeg, pdf, png, upload } from '../suites/media.ts'

describe('page: media', () => {
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

  async function goTo(address: string, ...windows: BoardWindow[]) {
    for (const { page } of windows) {
      await page.evaluate(`location.hash = '/settings'`)
      await page.evaluate(`location.hash = '${address}'`)
    }
  }
  const tile = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true })
  const row = (page: Page, name: string) =>
    page.getByRole('list', { name: 'Uploads' }).getByRole('listitem').filter({ hasText: name })
  /** Drops files as a person would; a browser lets no script choose files. */
  const drop = (page: Page, files: { name: string; type: string; base64: string; size?: number }[]) =>
    page.evaluate(`{
      const transfer = new DataTransfer()
      for (const { name, type, base64, size } of ${JSON.stringify(files)}) {
        const content = size ? new Uint8Array(size) : Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
        transfer.items.add(new File([content], name, { type }))
      }
      const options = { bubbles: true, cancelable: true, dataTransfer: transfer }
      document.body.dispatchEvent(new DragEvent('dragover', options))
      document.body.dispatchEvent(new DragEvent('drop', options))
    }`)
  const asPng = async (name: string) => ({ name, type: 'image/png', base64: (await png()).toString('base64') })
  const isLoaded = (page: Page, name: string) =>
    eventually(async () =>
      assert.ok(
        await tile(page, name)
          .locator('img')
          .evaluate(image => (image as unknown as { naturalWidth: number }).naturalWidth),
      ),
    )

  it('[PG20] shows files uploaded by button in the other window, with their picture, and their deletion', async () => {
    await goTo('/media', here, there)
    const choosing = here.page.waitForEvent('filechooser')
    await here.page.getByRole('button', { name: 'Upload', exact: true }).click()
    await (
      await choosing
    ).setFiles([
      { name: 'sky.jpg', mimeType: 'image/jpeg', buffer: await jpeg() },
      { name: 'plan.pdf', mimeType: 'application/pdf', buffer: pdf() },
    ])

    for (const { page } of [here, there]) for (const name of ['sky.jpg', 'plan.pdf']) await tile(page, name).waitFor()
    await isLoaded(there.page, 'sky.jpg')
    assert.match(await tile(there.page, 'sky.jpg').innerText(), /ada/)

    await tile(here.page, 'sky.jpg').getByRole('button', { name: 'Actions on sky.jpg' }).click()
    await here.page.getByRole('menuitem', { name: 'Delete' }).click()
    await here.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    for (const { page } of [here, there]) await tile(page, 'sky.jpg').waitFor({ state: 'detached' })
    assert.equal(await tile(there.page, 'plan.pdf').count(), 1)
  })

  it('[PG20] accepts files dropped anywhere, and shows the reason beside each refused file', async () => {
    await goTo('/media', here)
    const large = { name: 'large.png', type: 'image/png', base64: '', size: 10 * 1024 * 1024 + 1 }
    const odd = { name: 'odd.png', type: 'image/png', base64: Buffer.from([0, 1, 2, 250, 251, 252]).toString('base64') }
    await drop(here.page, [large, odd, await asPng('dropped.png')])

    await tile(here.page, 'dropped.png').waitFor()
    await row(here.page, 'large.png').getByText('larger than 10 MB').waitFor()
    await row(here.page, 'odd.png').getByText('none of JPEG').waitFor()
    await here.page.getByRole('button', { name: 'Dismiss odd.png' }).click()
    await here.page.getByRole('button', { name: 'Dismiss large.png' }).click()
    await here.page.getByRole('list', { name: 'Uploads' }).waitFor({ state: 'detached' })
  })

  it('[PG20] shows the progress of an upload, which can be cancelled', async () => {
    await goTo('/media', here)
    await here.page.route('**/media/upload', () => {})
    await drop(here.page, [await asPng('never.png')])
    await here.page.getByRole('progressbar', { name: 'Upload of never.png' }).waitFor()
    const givenUp = here.page.waitForEvent('requestfailed', request => request.url().endsWith('media/upload'))
    await here.page.getByRole('button', { name: 'Cancel never.png' }).click()
    await givenUp
    await row(here.page, 'never.png').waitFor({ state: 'detached' })
    await here.page.unroute('**/media/upload')
    assert.equal(await tile(here.page, 'never.png').count(), 0)
  })

  it('[PG20] shows at the file that the server or the account is full', async () => {
    await goTo('/media', here)
    await here.page.route('**/media/upload', route =>
      route.fulfill({
        status: 507,
        json: {
          error: { code: 'insufficient_storage', message: 'The storage is full.' },
          timestamp: '',
          request_id: '',
        },
      }),
    )
    await drop(here.page, [await asPng('full.png')])
    await row(here.page, 'full.png').getByText('no room left').waitFor()
    await here.page.unroute('**/media/upload')

    await here.page.getByRole('button', { name: 'Try full.png again' }).click()
    await tile(here.page, 'full.png').waitFor()
  })

  it('[PG20] filters the list by kind, project and person, and live changes follow the filters', async () => {
    const project = await addProject(ada, { name: 'Narrow' })
    await addMember(ada, project, grace, 'editor')
    await goTo(`/media?project=${project.id}&kind=picture&person=${grace.person.id}`, here)
    await here.page.getByText('Nothing matches').waitFor()
    await upload(server, ada, [{ name: 'by ada.png', content: await png() }], { project: project.id })
    await upload(server, grace, [{ name: 'elsewhere.png', content: await png() }])
    await upload(server, grace, [{ name: 'no picture.pdf', content: pdf() }], { project: project.id })
    await upload(server, grace, [{ name: 'wanted.png', content: await png() }], { project: project.id })

    await tile(here.page, 'wanted.png').waitFor()
    const names = () => here.page.getByRole('list', { name: 'Files' }).getByRole('listitem').allInnerTexts()
    assert.equal((await names()).length, 1)
    await here.page.getByRole('button', { name: 'Pictures' }).click()
    await tile(here.page, 'no picture.pdf').waitFor()
    await here.page.reload()
    await tile(here.page, 'no picture.pdf').waitFor()
    assert.equal((await names()).length, 2)
  })

  it('[FD1] filters the list by a part of the name, as it is folded, and live changes follow', async () => {
    const project = await addProject(ada, { name: 'Search' })
    await goTo(`/media?project=${project.id}&search=grosse%20stra`, here)
    await here.page.getByText('Nothing matches').waitFor()
    await upload(server, ada, [{ name: 'Gasse.pdf', content: pdf() }], { project: project.id })
    await upload(server, ada, [{ name: 'Große_Straße.pdf', content: pdf() }], { project: project.id })
    await tile(here.page, 'Große_Straße.pdf').waitFor()
    assert.equal(await tile(here.page, 'Gasse.pdf').count(), 0)
    await here.page.getByRole('textbox', { name: 'Search' }).fill('')
    await tile(here.page, 'Gasse.pdf').waitFor()
  })

  it('[PG20] shows a picture and the next one by keyboard', async () => {
    const project = await addProject(ada, { name: 'Album' })
    const files = [
      { name: 'first.png', content: await png() },
      { name: 'second.png', content: await png() },
    ]
    for (const file of files) await upload(server, ada, [file], { project: project.id })
    await goTo(`/media?project=${project.id}`, here)
    await tile(here.page, 'second.png').getByRole('button', { name: 'second.png', exact: true }).press('Enter')
    const viewer = here.page.getByRole('dialog')
    await viewer.getByRole('img', { name: 'second.png' }).waitFor()
    await here.page.keyboard.press('ArrowRight')
    await viewer.getByRole('img', { name: 'first.png' }).waitFor()

    const downloading = here.page.waitForEvent('download')
    await viewer.getByRole('link', { name: 'Download' }).press('Enter')
    assert.equal((await downloading).suggestedFilename(), 'first.png')
    await here.page.keyboard.press('Escape')
    await viewer.waitFor({ state: 'detached' })
  })

  it('[PG20] removes the files of a project from the list when the person is removed from it', async () => {
    const project = await addProject(ada, { name: 'Secret' })
    await addMember(ada, project, grace, 'viewer')
    await upload(server, ada, [{ name: 'secret.png', content: await png() }], { project: project.id })
    await goTo('/media', there)
    await tile(there.page, 'secret.png').waitFor()
    await ada.rest('DELETE', `/projects/${project.id}/members/${grace.person.id}`)
    await tile(there.page, 'secret.png').waitFor({ state: 'detached' })
  })

  it('[PG29] shows after a break what was added and not what was removed', async () => {
    const { body: old } = await upload(server, ada, [{ name: 'old.png', content: await png() }])
    await goTo('/media', there)
    await tile(there.page, 'old.png').waitFor()
    await there.setOffline(true)
    await there.status.getByText('Offline').waitFor()
    await ada.rest('DELETE', `/blog/media/${old.id}`)
    await upload(server, ada, [{ name: 'came meanwhile.png', content: await png() }])
    await there.setOffline(false)
    await isLoaded(there.page, 'came meanwhile.png')
    await tile(there.page, 'old.png').waitFor({ state: 'detached' })
  })

  it('[PG21] shows new and deleted files of a task in the open dialog of others', async () => {
    const task = await addTask(ada, { title: 'with files' })
    await goTo(`/tasks/${task.id}`, here, there)
    for (const { page } of [here, there]) await page.getByRole('dialog').getByText('Nothing attached').waitFor()
    const dialog = here.page.getByRole('dialog')
    const choosing = here.page.waitForEvent('filechooser')
    await dialog.getByRole('button', { name: 'Attach' }).click()
    await (await choosing).setFiles({ name: 'sketch.png', mimeType: 'image/png', buffer: await png() })
    await isLoaded(there.page, 'sketch.png')
    await drop(there.page, [await asPng('dropped here.png')])
    await tile(here.page, 'dropped here.png').waitFor()

    await tile(here.page, 'sketch.png').getByRole('button', { name: 'Actions on sketch.png' }).click()
    await here.page.getByRole('menuitem', { name: 'Delete' }).click()
    await here.page.getByRole('dialog', { name: 'Delete this file?' }).getByRole('button', { name: 'Delete' }).click()
    for (const { page } of [here, there]) await tile(page, 'sketch.png').waitFor({ state: 'detached' })
    // The message is above the dialog, and can be dismissed.
    const dismiss = here.page.getByRole('button', { name: 'Dismiss', exact: true })
    await dismiss.click()
    await dialog.getByRole('textbox', { name: 'Title' }).waitFor()
  })

  it('[PG21] attaches a pasted picture to a task', async () => {
    const task = await addTask(ada, { title: 'pasted into' })
    await goTo(`/tasks/${task.id}`, here)
    await here.page.getByRole('dialog').getByText('Nothing attached').waitFor()
    const { base64 } = await asPng('')
    await here.page.evaluate(`{
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(atob('${base64}'), l => l.charCodeAt(0))], 'shot.png', { type: 'image/png' }))
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
    }`)
    await isLoaded(here.page, 'shot.png')
  })

  it('[PG21] offers no upload to a person who may only read the task', async () => {
    const project = await addProject(ada, { name: 'Read only' })
    await addMember(ada, project, grace, 'viewer')
    const task = await addTask(ada, { title: 'looked at', project: project.id })
    await goTo(`/tasks/${task.id}`, there)
    await there.page.getByRole('dialog').getByText('Nothing attached').waitFor()
    assert.equal(await there.page.getByRole('button', { name: 'Attach' }).count(), 0)
  })
})
