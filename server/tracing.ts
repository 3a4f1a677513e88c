import packageJson from '../package.json' with { type: 'json' }
import type { Config } from './config.ts'
import { noTracing, type Tracing } from './ports/tracing.ts'

/** OpenTelemetry's packages are loaded only for those who have a collector. */
export async function openTracing(config: Config, instance: string): Promise<Tracing> {
  const { otelExporterOtlpEndpoint: endpoint, otelServiceName: name, otelTracesSamplerArg: share } = config
  if (endpoint === undefined) return noTracing
  const { createTracing } = await import('./adapters/tracing-otel.ts')
  return createTracing({ name, version: packageJson.version, instance, endpoint, share })
}
