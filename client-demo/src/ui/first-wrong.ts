const wrong = '[aria-invalid=true]'

/** Of all fields that were found wrong at once, the first one takes the focus: there the mending begins. */
function focusFirst(control: Element): void {
  const form = control.closest('form, dialog') ?? document
  const first = form.querySelector<HTMLElement>(wrong)
  if (first && first !== document.activeElement) first.focus()
}

/**
 * A field was refused: leads to the first wrong one of its form, and again when the form is sent without having been
 * mended. Not while somebody writes in another wrong field.
 *
 * @returns what ends it
 */
export function leadToFirstWrong(id: string): () => void {
  const control = document.getElementById(id)
  if (!control) return () => {}
  const form = control.closest('form')
  let timer: ReturnType<typeof setTimeout> | undefined
  // After all fields have been told.
  const lead = () => void (timer = setTimeout(() => control.matches(wrong) && focusFirst(control)))
  lead()
  form?.addEventListener('submit', lead)
  return () => {
    clearTimeout(timer)
    form?.removeEventListener('submit', lead)
  }
}
