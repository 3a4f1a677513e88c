import { createStore } from './store.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const chosen = (document.documentElement.dataset.theme as Theme | undefined) ?? 'system'
export const themeStore = createStore<Theme>(chosen)

export function chooseTheme(theme: Theme): void {
  themeStore.set(() => theme)
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    localStorage.setItem('theme', theme)
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}
