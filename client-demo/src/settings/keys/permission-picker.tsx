import type { Permission } from '../../../../sdk/index.ts'
import { toggled } from '../../filters/toggled.ts'
import { usePage } from '../../lib/use-page.ts'
import { deedOf, furtherPermissions, permissionsByThing } from '../../keys/words.ts'

interface Props {
  chosen: readonly Permission[]
  error: string | undefined
  onChange: (chosen: readonly Permission[]) => void
}

/** What a key may do: reading and writing of each kind of thing, and what only few may. */
export function PermissionPicker({ chosen, error, onChange }: Props) {
  const { me } = usePage()
  const further = furtherPermissions(me)
  const group = (name: string, some: readonly Permission[]) => (
    <div
      key={name}
      className={some === further ? 'permission-row permission-row-few' : 'permission-row'}
      role="group"
      aria-label={name}
    >
      <span aria-hidden="true">{name}</span>
      {some.map(permission => (
        <label key={permission} className="check">
          <input
            type="checkbox"
            checked={chosen.includes(permission)}
            aria-invalid={error === undefined ? undefined : true}
            onChange={() => onChange(toggled(chosen, permission))}
          />
          <span>{deedOf(permission)}</span>
        </label>
      ))}
    </div>
  )
  return (
    <fieldset className="permission-picker">
      <legend>What it may do</legend>
      {error !== undefined && <p className="field-error">{error}</p>}
      {permissionsByThing.map(([name, some]) => group(name, some))}
      {further.length > 0 && group('Further', further)}
      <p className="hint">It never does more than you may do yourself. A webhook gets everything that you may read.</p>
    </fieldset>
  )
}
