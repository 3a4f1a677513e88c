import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** What axe does not look for by itself: that the name of a control has what stands on it. */
const alsoRules = { 'label-content-name-mismatch': { enabled: true }, 'target-size': { enabled: true } }

/** What axe finds wrong with what is shown. */
export async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).options({ rules: alsoRules }).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary?.slice(0, 300)}`),
  )
}

export const viewports = [
  { width: 1440, height: 900 },
  { width: 360, height: 740 },
] as const

/** Colours go over into the others for a moment. */
const settled = `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))).then(() =>
  Promise.all(document.getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity)
    .map(({ finished }) => finished.catch(() => {})))).then(() => {})`

/** The same in light and in dark colours, as it is left when it is looked at. */
export async function faultsInBoth(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.evaluate(settled)
    found.push(...(await faults(page)).map(fault => `${colorScheme}: ${fault}`))
  }
  return found
}
