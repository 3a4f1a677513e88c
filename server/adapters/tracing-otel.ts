import { ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Tracing } from '../ports/tracing.ts'

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT }
/** How long a stopping instance waits for its last spans to be taken. */
const patienceMs = 2_000

export interface TracingOptions {
  name: string
  version: string
  /** Another one for each process. */
  instance: string
  /** The collector, without the path of its traces. */
  endpoint: string
  /** From 0 to 1: how many of the traces are recorded, of those that who began them records. */
  share: number
}

/**
 * Spans for a collector that takes OTLP over HTTP. The packages read further settings of the exporter from the
 * environment themselves (`OTEL_EXPORTER_OTLP_HEADERS`, for example).
 */
export function createTracing(about: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${about.endpoint.replace(/\/+$/, '')}/v1/traces` })
  // Also of traces that clients want to be recorded: anybody may send such a header.
  const share = new TraceIdRatioBasedSampler(about.share)
  const provider = new TracerProvider({
    sampler: new ParentBasedSampler({ root: share, remoteParentSampled: share }),
    resource: resourceFromAttributes({
      'service.name': about.name,
      'service.version': about.version,
      'service.instance.id': about.instance,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer(about.name, about.version)
  const under = (parent: string | undefined) =>
    parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, contextOf(parent))

  return {
    on: true,
    begin(name, parent, kind) {
      const span = tracer.startSpan(name, { kind: kind ? kinds[kind] : SpanKind.INTERNAL }, under(parent))
      return {
        traceparent: traceparentOf(span.spanContext()),
        end({ name: known, attributes, failed } = {}) {
          if (known !== undefined) span.updateName(known)
          if (attributes) span.setAttributes(attributes)
          if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
    record(name, parent, from, attributes = {}) {
      tracer.startSpan(name, { startTime: from, attributes }, under(parent)).end()
    },
    close: async () => {
      const patience = new Promise<void>(resolve => setTimeout(resolve, patienceMs).unref())
      // A collector that is away is no reason to stop in another way.
      await Promise.race([provider.shutdown().catch(() => {}), patience])
    },
  }
}

function contextOf(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-')
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
}

const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext) =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
