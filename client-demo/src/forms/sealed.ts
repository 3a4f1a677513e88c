/**
 * Sends a form. Until it is answered nothing can be typed into it: those words would not be sent. Then the focus is where
 * it was, if the form is still there.
 *
 * @throws what `send` throws
 */
export async function sealed(form: HTMLFormElement, send: () => Promise<void>): Promise<void> {
  const focused = document.activeElement
  form.inert = true
  try {
    await send()
  } finally {
    form.inert = false
    if (document.activeElement === document.body && focused instanceof HTMLElement && form.contains(focused))
      focused.focus()
  }
}
