import { linkTo } from '../lib/base-path.ts'

interface PartLinksProps {
  /** What the parts belong to. */
  label: string
  parts: readonly { path: string; name: string }[]
  /** The part that is shown. */
  current: string
}

/** The links to the parts of a large view. */
export const PartLinks = ({ label, parts, current }: PartLinksProps) => (
  <nav className="segments" aria-label={label}>
    {parts.map(({ path, name }) => (
      <a key={path} href={linkTo(path)} aria-current={path === current ? 'page' : undefined}>
        <span>{name}</span>
      </a>
    ))}
  </nav>
)
