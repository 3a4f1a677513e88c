/** The parts of the settings, by their addresses. Apart from the views, which are loaded when somebody opens them. */
export const settingsPlaces = [
  { path: '/settings', name: 'Account' },
  { path: '/settings/exports', name: 'Exports' },
  { path: '/settings/webhooks', name: 'Webhooks' },
  { path: '/settings/keys', name: 'API keys' },
  { path: '/settings/data', name: 'Your data' },
] as const

/** What the tab of the browser is called. */
export const settingsName = (path: string): string =>
  path === '/settings' ? 'Settings' : (settingsPlaces.find(place => place.path === path)?.name ?? 'Settings')

export const isSettings = (path: string) => settingsPlaces.some(place => place.path === path)
