import axe, { type AxeResults, type RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

export const viewports = [
  { width: 1440, height: 900 },
  { width: 360, height: 740 },
] as const

/** All rules, with two that axe does not apply by itself. The first: the name of a control contains its visible text. */
const options: RunOptions = {
  iframes: false,
  resultTypes: ['violations'],
  rules: { 'label-content-name-mismatch': { enabled: true }, 'target-size': { enabled: true } },
}

/** The rules about colours. What the others find is the same in dark colours as in light ones. */
const aboutColours: RunOptions = {
  iframes: false,
  resultTypes: ['violations'],
  runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
}

/** The faults that axe finds in what is shown, or only those of its colours. Our pages have no frames. */
export async function faults(page: Page, { onlyColours = false } = {}): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source)
  const chosen = JSON.stringify(onlyColours ? aboutColours : options)
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${chosen})`)
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary?.slice(0, 300)}`),
  )
}

/** Transitions between colours take a moment. */
const settled = `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))).then(() =>
  Promise.all(document.getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity)
    .map(({ finished }) => finished.catch(() => {})))).then(() => {})`

/** The faults in light and in dark colours, of the page as it stands. */
export async function faultsInBoth(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.evaluate(settled)
    const onlyColours = colorScheme === 'dark'
    found.push(...(await faults(page, { onlyColours })).map(fault => `${colorScheme}: ${fault}`))
  }
  return found
}
