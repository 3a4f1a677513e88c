/**
 * Sends a form that closes once it was taken. Until then nothing can be typed into it: those words would be lost. When it
 * was refused, the focus is where it was.
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
