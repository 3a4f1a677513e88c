import { addressFilters, id } from '../filters/address-filters.ts'
import { useTypedFilters } from '../filters/use-filters.ts'
import { usePage } from '../lib/use-page.ts'
import { usePerson } from '../people/directory.ts'
import { PersonPicker } from '../people/person-picker.tsx'
import { Field } from '../ui/field.tsx'
import { WebhookList } from '../webhooks/webhook-list.tsx'

const ownerFilter = addressFilters({ user: id('user') })

/** Everybody's webhooks, or those of one person. */
export function AllWebhooks() {
  const { directory } = usePage()
  const [{ user }, setFilters] = useTypedFilters(ownerFilter)
  const owner = usePerson(directory, user)
  return (
    <section className="panel" aria-label="Everybody’s webhooks">
      <Field label="Of">
        {props => (
          <PersonPicker
            {...props}
            placeholder="Everybody"
            picked={user === null ? '' : (owner?.name ?? '…')}
            onPick={person => setFilters({ user: person.id })}
            onClear={() => setFilters({ user: null })}
          />
        )}
      </Field>
      <WebhookList key={user} of={user} hasOwners empty="There are none." />
    </section>
  )
}
