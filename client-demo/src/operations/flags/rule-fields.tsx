import type { FlagRule } from '../../../../sdk/index.ts'
import { toggled } from '../../filters/toggled.ts'
import { useStore } from '../../lib/store.ts'
import { usePage } from '../../lib/use-page.ts'
import { usePerson } from '../../people/directory.ts'
import { PersonPicker } from '../../people/person-picker.tsx'
import { byName } from '../../projects/project-list.ts'
import { ChoiceField } from '../../ui/choice-field.tsx'
import { Icon } from '../../ui/icon.tsx'

const roleNames = { user: 'Ordinary people', admin: 'Administrators' } as const
const roles = Object.keys(roleNames) as (keyof typeof roleNames)[]

interface RuleFieldsProps {
  rule: FlagRule
  /** Its place among the rules, from 1. */
  nth: number
  error: string | undefined
  onChange: (rule: FlagRule) => void
  onRemove: () => void
  /** Undefined for the first one. */
  onUp: (() => void) | undefined
}

/** What a rule names; a list that is empty is not named. */
const naming = (
  rule: FlagRule,
  part: 'users' | 'roles' | 'projects',
  values: readonly (number | string)[],
): FlagRule => {
  const { [part]: _, ...rest } = rule
  return values.length === 0 ? rest : { ...rest, [part]: values }
}

/** For whom a flag has a value of its own. */
export function RuleFields({ rule, nth, error, onChange, onRemove, onUp }: RuleFieldsProps) {
  const { users = [], roles: chosen = [], projects = [], value } = rule
  return (
    <fieldset className="flag-rule">
      <legend>Rule {nth}</legend>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      <ChoiceField
        label={`Rule ${nth} switches it`}
        names={{ on: 'On', off: 'Off' }}
        value={value ? 'on' : 'off'}
        onChange={now => onChange({ ...rule, value: now === 'on' })}
      />
      <div className="chips">
        {users.map(id => (
          <PersonChip key={id} id={id} nth={nth} onRemove={() => onChange(naming(rule, 'users', toggled(users, id)))} />
        ))}
        <PersonPicker
          label={`Add a person to rule ${nth}`}
          placeholder="For these people…"
          onPick={({ id }) => onChange(naming(rule, 'users', [...new Set([...users, id])]))}
        />
      </div>
      <div className="chips">
        {roles.map(role => (
          <label key={role} className="check">
            <input
              type="checkbox"
              aria-label={`${roleNames[role]}, rule ${nth}`}
              checked={chosen.includes(role)}
              onChange={() => onChange(naming(rule, 'roles', toggled(chosen, role)))}
            />
            {roleNames[role]}
          </label>
        ))}
      </div>
      <RuleProjects nth={nth} ids={projects} onChange={ids => onChange(naming(rule, 'projects', ids))} />
      <div className="flag-rule-tools">
        {onUp && (
          <button type="button" className="button button-quiet" aria-label={`Move up rule ${nth}`} onClick={onUp}>
            Move up
          </button>
        )}
        <button
          type="button"
          className="button button-quiet danger"
          aria-label={`Remove rule ${nth}`}
          onClick={onRemove}
        >
          Remove
        </button>
      </div>
    </fieldset>
  )
}

interface ChipProps {
  nth: number
  onRemove: () => void
}

function PersonChip({ id, nth, onRemove }: ChipProps & { id: number }) {
  const name = usePerson(usePage().directory, id)?.name ?? 'somebody'
  return (
    <button type="button" className="chip chip-on" aria-label={`Remove ${name} from rule ${nth}`} onClick={onRemove}>
      <bdi>{name}</bdi>
      <Icon name="close" />
    </button>
  )
}

interface RuleProjectsProps {
  nth: number
  ids: readonly number[]
  onChange: (ids: readonly number[]) => void
}

function RuleProjects({ nth, ids, onChange }: RuleProjectsProps) {
  const known = useStore(usePage().projects.store, all => all)
  const others = [...known.values()].filter(({ id }) => !ids.includes(id)).toSorted(byName)
  return (
    <div className="chips">
      {ids.map(id => {
        const name = known.get(id)?.name ?? 'a project out of sight'
        return (
          <button
            key={id}
            type="button"
            className="chip chip-on"
            aria-label={`Remove ${name} from rule ${nth}`}
            onClick={() => onChange(ids.filter(other => other !== id))}
          >
            <bdi>{name}</bdi>
            <Icon name="close" />
          </button>
        )
      })}
      <select
        aria-label={`Add a project to rule ${nth}`}
        value=""
        disabled={others.length === 0}
        onChange={event => onChange([...ids, Number(event.target.value)])}
      >
        <option value="">{known.size === 0 ? 'There are no projects' : 'For members of…'}</option>
        {others.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}
