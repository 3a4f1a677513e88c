/** Why a read went to the primary instead of the replica. */
export type Reason = keyof typeof reasons

/** What each reason is called for people. */
export const reasons = {
  starting: 'it has not been asked yet',
  away: 'it does not answer',
  behind: 'it is behind the primary',
  promoted: 'it is a primary itself',
  foreign: 'it is not a replica of this database',
  pooled: 'something in front of it drops settings',
  cancelled: 'it cancelled a statement, to go on with what it receives',
  failed: 'a statement failed there',
  busy: 'all connections to it are in use',
  primary: 'the primary does not say how far it is',
}

/** The replica cannot answer this read; the primary can. */
export class Unfit extends Error {
  readonly reason: Reason
  constructor(reason: Reason, cause?: unknown) {
    super(reasons[reason], { cause })
    this.reason = reason
  }
}
