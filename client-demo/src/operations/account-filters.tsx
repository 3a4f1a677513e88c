import { endOfDay, startOfDay } from '../lib/format.ts'
import { addressFilters, day, oneOf, text, type FiltersOf } from '../filters/address-filters.ts'
import { ChoiceField } from '../ui/choice-field.tsx'
import { DayInput } from '../ui/day-input.tsx'
import { Field } from '../ui/field.tsx'

/** What the accounts can be narrowed to. */
export const accountFilters = addressFilters({
  search: text('search'),
  role: oneOf('role', ['user', 'admin'] as const, ''),
  state: oneOf('state', ['active', 'disabled'] as const, ''),
  from: day('from'),
  to: day('to'),
})
export type AccountFilters = FiltersOf<typeof accountFilters>

/** As the API is asked. */
export const asked = ({ search, role, state, from, to }: AccountFilters) => ({
  ...(search.trim() !== '' && { search: search.trim() }),
  ...(role !== '' && { role: [role] }),
  ...(state !== '' && { is_active: state === 'active' ? ('true' as const) : ('false' as const) }),
  ...(from !== '' && { registration_date_start: startOfDay(from) }),
  ...(to !== '' && { registration_date_end: endOfDay(to) }),
})

interface Props {
  filters: AccountFilters
  onChange: (filters: AccountFilters) => void
}

export function AccountFilterForm({ filters, onChange }: Props) {
  const set = (part: Partial<AccountFilters>) => onChange({ ...filters, ...part })
  return (
    <div className="pair" role="search" aria-label="People">
      <Field label="Search people">
        {props => (
          <input
            {...props}
            type="search"
            placeholder="Name, username or e-mail"
            value={filters.search}
            onChange={event => set({ search: event.target.value })}
          />
        )}
      </Field>
      <ChoiceField
        label="Role"
        names={{ '': 'Any', user: 'Ordinary people', admin: 'Administrators' }}
        value={filters.role}
        onChange={role => set({ role })}
      />
      <ChoiceField
        label="State"
        names={{ '': 'Any', active: 'Active', disabled: 'Disabled' }}
        value={filters.state}
        onChange={state => set({ state })}
      />
      <Field label="Registered from">
        {props => <DayInput {...props} value={filters.from} onChange={event => set({ from: event.target.value })} />}
      </Field>
      <Field label="Registered to">
        {props => <DayInput {...props} value={filters.to} onChange={event => set({ to: event.target.value })} />}
      </Field>
    </div>
  )
}
