/** The parts of the settings, by their addresses. Apart from the views, which are loaded when somebody opens them. */
export const settingsPlaces = [
  { path: '/settings', name: 'Account' },
  { path: '/settings/exports', name: 'Exports' },
  { path: '/settings/data', name: 'Your data' },
] as const

export const isSettings = (path: string) => settingsPlaces.some(place => place.path === path)
