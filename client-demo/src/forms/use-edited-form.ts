import { currentIn, formErrors } from '../lib/form-errors.ts'
import { useDraft, type DraftOptions } from './use-draft.ts'
import { useSending } from './use-sending.ts'

interface EditedFormOptions<Draft, Field extends keyof Draft, Item> extends DraftOptions<Draft, Field> {
  /** What the thing is called in a sentence, such as `task`. */
  noun: string
  /** The fields of the form, as the server calls them. */
  names: readonly string[]
  /** Takes what the server has, when somebody else has changed it: from there it comes into the form. */
  onCurrent: (item: Item) => void
  staysOpen?: boolean
}

/**
 * A form over something that others may change meanwhile: their changes come in, what was typed stays and is kept, and
 * what was changed by both is shown before it is stored. Who stores it sends the version that the form has seen.
 */
export function useEditedForm<Draft extends object, Field extends keyof Draft, Item>(
  options: EditedFormOptions<Draft, Field, Item>,
) {
  const { noun, names, onCurrent, staysOpen = false } = options
  const draft = useDraft<Draft, Field>(options)
  const sending = useSending(
    error => {
      const current = currentIn<Item>(error)
      if (!current) return formErrors(error, names)
      // Saving again is then on purpose.
      onCurrent(current)
      return {
        fields: {},
        whole: `Somebody changed this ${noun} a moment ago. Look at it again, and keep or change it.`,
      }
    },
    { staysOpen },
  )
  return { ...draft, ...sending }
}
