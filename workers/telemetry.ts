// Sends spans to an OpenTelemetry collector over HTTP where OTEL_EXPORTER_OTLP_ENDPOINT (or .._TRACES_ENDPOINT) names
// one. The standard variables for headers, time-outs and resource attributes hold; without an endpoint nothing is
// loaded.
import { readFileSync } from 'node:fs';
import { assetPath } from '../config/package-root';

export interface Telemetry {
  /** Sends what is left. */
  close(): Promise<void>;
}

const OFF: Telemetry = { close: async () => undefined };

const isOn = (env: NodeJS.ProcessEnv): boolean =>
  env.OTEL_SDK_DISABLED?.toLowerCase() !== 'true' &&
  Boolean(env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim() || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim());

export const startTelemetry = (env: NodeJS.ProcessEnv = process.env): Telemetry => {
  if (!isOn(env)) return OFF;
  const { trace } = require('@opentelemetry/api') as typeof import('@opentelemetry/api');
  const { OTLPTraceExporter } =
    require('@opentelemetry/exporter-trace-otlp-http') as typeof import('@opentelemetry/exporter-trace-otlp-http');
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } =
    require('@opentelemetry/resources') as typeof import('@opentelemetry/resources');
  const { BasicTracerProvider, BatchSpanProcessor } =
    require('@opentelemetry/sdk-trace-base') as typeof import('@opentelemetry/sdk-trace-base');
  const { version } = JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as { version: string };
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'conclave', 'service.version': version }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  trace.setGlobalTracerProvider(provider);
  return {
    close: async () => {
      await provider.shutdown();
      trace.disable();
    },
  };
};
