import { endOfDay } from '../format.ts'
import { dayIn, oneOf, queryOf } from '../use-addressed.ts'
import { ChoiceField } from '../ui/choice-field.tsx'
import { Field } from '../ui/field.tsx'

export interface AccountFilters {
  search: string
  role: '' | 'user' | 'admin'
  state: '' | 'active' | 'disabled'
  from: string
  to: string
}

/** As the address has them. */
export const addressed = {
  read: (query: URLSearchParams): AccountFilters => ({
    search: query.get('search') ?? '',
    role: oneOf(['user', 'admin'], query.get('role')),
    state: oneOf(['active', 'disabled'], query.get('state')),
    from: dayIn(query.get('from')),
    to: dayIn(query.get('to')),
  }),
  write: (filters: AccountFilters) => queryOf(filters),
}

/** As the API is asked. */
export const asked = ({ search, role, state, from, to }: AccountFilters) => ({
  ...(search.trim() !== '' && { search: search.trim() }),
  ...(role !== '' && { role: [role] }),
  ...(state !== '' && { is_active: state === 'active' ? ('true' as const) : ('false' as const) }),
  ...(from !== '' && { registration_date_start: new Date(`${from}T00:00:00`).toISOString() }),
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
        {props => (
          <input {...props} type="date" value={filters.from} onChange={event => set({ from: event.target.value })} />
        )}
      </Field>
      <Field label="Registered to">
        {props => (
          <input {...props} type="date" value={filters.to} onChange={event => set({ to: event.target.value })} />
        )}
      </Field>
    </div>
  )
}
