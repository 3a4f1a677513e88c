/** What a span says beside its name and its time. */
export type Attributes = Record<string, string | number | boolean>

export interface Span {
  /** For what this causes: its own context or, when nothing is traced, that of its parent. */
  readonly traceparent: string | undefined
  end(result?: { name?: string; attributes?: Attributes; failed?: boolean }): void
}

/** Where time goes, from a request to the delivery of what it has changed. Never waits and never fails. */
export interface Tracing {
  /** Whether anybody records spans; when not, nothing needs to be prepared for them. */
  readonly on: boolean
  /** @param parent the `traceparent` of what causes it; without one a trace begins */
  begin(name: string, parent: string | undefined, kind?: 'server' | 'client'): Span
  /** A span that is over. @param from milliseconds since 1970 */
  record(name: string, parent: string, from: number, attributes?: Attributes): void
  /** Sends what is left. */
  close(): Promise<void>
}

/** Passes contexts on and records nothing. */
export const noTracing: Tracing = {
  on: false,
  begin: (_name, parent) => ({ traceparent: parent, end: () => {} }),
  record: () => {},
  close: () => Promise.resolve(),
}
