import { Icon } from '../ui/icon.tsx'

/** Above a form whose thing may be read, and no longer be changed. */
export const Locked = () => (
  <p className="notice" role="alert">
    <Icon name="lock" />
    You may read this, and not change it: that takes an editor of its project, while it is not archived.
  </p>
)
