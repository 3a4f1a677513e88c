import type { Action } from '../../kernel/can.ts'

/** To ask for the flags of whoever a targeting key names. For others the key only decides about their own place in a rollout. */
export const askForOthers: Action<null> = { who: () => false, admins: 'anywhere' }

/** To see the rules of a flag, and not only its value. */
export const seeSettings: Action<null> = { who: () => false, admins: 'anywhere' }
