import { addressFilters, day, id, oneOf, text, type FiltersOf } from '../../filters/address-filters.ts'
import { endOfDay, startOfDay } from '../../lib/format.ts'
import { usePage } from '../../lib/use-page.ts'
import { usePerson } from '../../people/directory.ts'
import { PersonPicker } from '../../people/person-picker.tsx'
import { ChoiceField } from '../../ui/choice-field.tsx'
import { DayInput } from '../../ui/day-input.tsx'
import { Field } from '../../ui/field.tsx'
import { actionName, actionNames, resourceNames, type ResourceName } from './words.ts'

/** What the audit log can be narrowed to. */
export const auditFilters = addressFilters({
  person: id('person'),
  resource: oneOf('resource', Object.keys(resourceNames) as ResourceName[], ''),
  action: text('action'),
  from: day('from'),
  to: day('to'),
})
export type AuditFilters = FiltersOf<typeof auditFilters>

/** As the API is asked. */
export const asked = ({ person, resource, action, from, to }: AuditFilters) => ({
  ...(person !== null && { user_id: person }),
  ...(resource !== '' && { resource }),
  ...(action !== '' && { action }),
  ...(from !== '' && { created_at_start: startOfDay(from) }),
  ...(to !== '' && { created_at_end: endOfDay(to) }),
})

const upper = (words: string) => words.charAt(0).toUpperCase() + words.slice(1).replace(/:$/, '')
const namesOf = (actions: readonly string[]) =>
  Object.fromEntries(actions.map(action => [action, upper(actionName(action))]))

interface Props {
  filters: AuditFilters
  onChange: (filters: AuditFilters) => void
}

export function AuditFilterForm({ filters, onChange }: Props) {
  const { directory } = usePage()
  const person = usePerson(directory, filters.person)
  const set = (part: Partial<AuditFilters>) => onChange({ ...filters, ...part })
  const known = Object.keys(actionNames)
  // An address may name an action that is not known here.
  const offered = filters.action === '' || known.includes(filters.action) ? known : [...known, filters.action]
  return (
    <div className="pair" role="search" aria-label="Audit entries">
      <Field label="By whom">
        {props => (
          <PersonPicker
            {...props}
            placeholder="Anybody"
            picked={filters.person === null ? '' : (person?.name ?? '…')}
            onPick={({ id: chosen }) => set({ person: chosen })}
            onClear={() => set({ person: null })}
          />
        )}
      </Field>
      <ChoiceField
        label="About"
        names={{ '': 'Anything', ...resourceNames }}
        value={filters.resource}
        onChange={resource => set({ resource })}
      />
      <ChoiceField
        label="What was done"
        names={{ '': 'Anything', ...namesOf(offered) }}
        value={filters.action}
        onChange={action => set({ action })}
      />
      <Field label="From">
        {props => <DayInput {...props} value={filters.from} onChange={event => set({ from: event.target.value })} />}
      </Field>
      <Field label="To">
        {props => <DayInput {...props} value={filters.to} onChange={event => set({ to: event.target.value })} />}
      </Field>
    </div>
  )
}
