import { toggled } from '../filters/toggled.ts'
import { Field } from '../ui/field.tsx'
import { asWords, wordsIn, type WebhookDraft } from './webhook-draft.ts'
import { eventsByThing } from './words.ts'

interface Props {
  draft: WebhookDraft
  error: string | undefined
  onChange: (part: Partial<WebhookDraft>) => void
}

/** Which events a webhook gets: all, or some of those that the server has and of those that applications publish. */
export function EventPicker({ draft: { isForAll, names, others }, error, onChange }: Props) {
  const chosen = wordsIn(names)
  return (
    <fieldset className="event-picker">
      <legend>Events</legend>
      <div className="segments">
        <label>
          <input type="radio" name="events" checked={isForAll} onChange={() => onChange({ isForAll: true })} />
          <span>Everything</span>
        </label>
        <label>
          <input type="radio" name="events" checked={!isForAll} onChange={() => onChange({ isForAll: false })} />
          <span>Only some</span>
        </label>
      </div>
      {!isForAll && (
        <>
          {eventsByThing.map(([thing, all]) => (
            <div key={thing} className="chips" role="group" aria-label={`About: ${thing}`}>
              {all.map(name => (
                <button
                  key={name}
                  type="button"
                  className={`chip${chosen.includes(name) ? ' chip-on' : ''}`}
                  aria-pressed={chosen.includes(name)}
                  onClick={() => onChange({ names: asWords(toggled(chosen, name)) })}
                >
                  <span>{name}</span>
                </button>
              ))}
            </div>
          ))}
          <Field
            label="Events of applications"
            error={error}
            hint="Such as payment.completed, with spaces between them"
          >
            {props => (
              <input
                {...props}
                type="text"
                spellCheck={false}
                autoCapitalize="off"
                value={others}
                onChange={event => onChange({ others: event.target.value })}
              />
            )}
          </Field>
        </>
      )}
    </fieldset>
  )
}
