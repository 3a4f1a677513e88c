import { createStore, useStore } from './store.ts'

/** Letters are being put together from several keys (Chinese, Japanese, Korean, accents): what stands there is not meant yet. */
const composing = createStore(false)
let lastKeyMs = -Infinity

/** What a key of a composition causes by itself, such as a dialog's `cancel`, comes within this. */
const causedWithinMs = 50

/** Safari tells of the key that ends a composition only after its end, and then only by this code. */
const composingKeyCode = 229

/**
 * While letters are composed, Enter, Escape and the arrows choose among them: no shortcut of ours may hear them. Called
 * once, before anything else listens; what browsers and input methods do with the keys goes on.
 */
export function watchComposition(): void {
  addEventListener('compositionstart', () => composing.set(() => true), true)
  addEventListener('compositionend', () => composing.set(() => false), true)
  // Left in the middle of it, and never told the end.
  addEventListener('focusout', () => composing.set(() => false), true)
  addEventListener(
    'keydown',
    event => {
      if (!event.isComposing && event.keyCode !== composingKeyCode) return
      lastKeyMs = performance.now()
      event.stopImmediatePropagation()
    },
    true,
  )
}

/** Whether what happens now comes from a key that belonged to a composition. */
export const belongsToComposition = (): boolean => composing.get() || performance.now() - lastKeyMs < causedWithinMs

/** Whatever follows what is typed, such as a search, waits for the end of a composition. */
export const useComposing = (): boolean => useStore(composing, is => is)
