const paths = {
  plus: 'M8 3v10M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM11 11l3 3',
  filter: 'M2 4h12M4.5 8h7M7 12h2',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  check: 'M3 8.5l3.2 3.2L13 5',
  trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9',
  calendar: 'M3 4h10v9.5H3zM3 7h10M5.5 2.5v3M10.5 2.5v3',
  folder: 'M2 4.5h4l1.5 1.8H14v7H2z',
  tag: 'M2.5 2.5h5l6 6-5 5-6-6zM5.3 5.3h.01',
  pencil: 'M3 13l.6-2.8L11 2.8l2.2 2.2-7.4 7.4z',
  alert: 'M8 2.2L14.5 13.5h-13zM8 6.5v3M8 11.6h.01',
  archive: 'M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 8.5h3',
  back: 'M9.5 3.5L5 8l4.5 4.5',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2',
  globe: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM2 8h12M8 2c2 2 2 10 0 12M8 2c-2 2-2 10 0 12',
  people:
    'M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c.3-3 2-4.4 4.5-4.4s4.2 1.4 4.5 4.4M10.8 2.8a2.4 2.4 0 0 1 0 4.5M12.2 9.5c1.4.6 2.1 1.9 2.3 4',
  exit: 'M9.5 3H3v10h6.5M7 8h7M11.5 5.5L14 8l-2.5 2.5',
  bell: 'M4 11.5V7a4 4 0 0 1 8 0v4.5l1 1H3zM6.8 14.2a1.3 1.3 0 0 0 2.4 0',
  at: 'M10.6 8A2.6 2.6 0 1 1 8 5.4 2.6 2.6 0 0 1 10.6 8zM10.6 5.4v3.4a1.7 1.7 0 0 0 3.4 0V8a6 6 0 1 0-2.4 4.8',
  person: 'M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8zM2.8 13.8c.4-2.9 2.3-4.2 5.2-4.2s4.8 1.3 5.2 4.2',
  talk: 'M2.5 3h11v8H7l-3 2.5V11H2.5z',
  screen: 'M2 3h12v8H2zM6 13.5h4',
  board: 'M2.5 3h3v10h-3zM6.5 3h3v7h-3zM10.5 3h3v4.5h-3z',
  chart: 'M2.5 13.5h11M4.5 11V8M8 11V4M11.5 11V6',
  post: 'M3.5 2.5h9v11h-9zM5.8 5.5h4.4M5.8 8h4.4M5.8 10.5h2.5',
  picture: 'M2.5 3h11v10h-11zM2.5 11l3.2-3.2 2.6 2.6 1.7-1.7 3.5 3.5M10.2 6h.01',
  video: 'M2 3.5h12v9H2zM6.7 6v4l3.4-2z',
  gear: 'M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8 2v1.6M8 12.4V14M2 8h1.6M12.4 8H14M3.8 3.8l1.1 1.1M11.1 11.1l1.1 1.1M3.8 12.2l1.1-1.1M11.1 4.9l1.1-1.1',
  upload: 'M8 10.5V3M4.8 6L8 2.8 11.2 6M2.5 10.5v3h11v-3',
  download: 'M8 2.5V10M4.8 7L8 10.2 11.2 7M2.5 10.5v3h11v-3',
  next: 'M6.5 3.5L11 8l-4.5 4.5',
  file: 'M4 2h5l3 3v9H4zM9 2v3h3',
  clip: 'M11.5 7.2L7 11.7a2.4 2.4 0 0 1-3.4-3.4l5-5a1.6 1.6 0 0 1 2.3 2.3l-5 5',
  link: 'M6.8 9.2l2.4-2.4M7.2 4.8l1.5-1.5a2.8 2.8 0 0 1 4 4l-1.5 1.5M8.8 11.2l-1.5 1.5a2.8 2.8 0 0 1-4-4l1.5-1.5',
  again: 'M13 8a5 5 0 1 1-1.5-3.6M13 2.5v2.4h-2.4',
} as const

export type IconName = keyof typeof paths

export const Icon = ({ name }: { name: IconName }) => (
  <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
)
