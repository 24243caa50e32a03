// One sending to a model as a span and as a log line, by the names of OpenTelemetry's GenAI conventions: ids, counts
// and times, never a prompt, an answer or a key. Spans go nowhere until workers/telemetry.ts is told where.
import { type Attributes, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { activityInfo } from '@temporalio/activity';
import { OWN_PROVIDERS } from '../domain/selection/own-providers';
import { type Completion, ProviderFailure, type TokenUsage } from '../providers/port';
import type { CallModelInput } from '../workflows/contracts/calls';
import type { Logger } from './dependencies';

const idsOf = (input: CallModelInput) => {
  const { workflowExecution, activityId, attempt } = activityInfo();
  return { workflowId: workflowExecution?.workflowId ?? '', activityId, attempt, callKey: input.key };
};

const requested = (input: CallModelInput): Attributes => {
  const { workflowId, attempt } = idsOf(input);
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': input.provider,
    'gen_ai.request.model': input.model,
    'conclave.call.key': input.key,
    'conclave.call.task': input.task.type,
    'conclave.call.attempt': attempt,
    'conclave.workflow.id': workflowId,
    'conclave.world': input.world,
    'conclave.feature': input.feature,
    'conclave.category': input.category,
  };
};

const used = (usage: TokenUsage | null | undefined): Attributes =>
  usage
    ? {
        'gen_ai.usage.input_tokens': usage.input,
        'gen_ai.usage.output_tokens': usage.output,
        'gen_ai.usage.cache_read.input_tokens': usage.cachedInput,
      }
    : {};

const answered = ({ servedBy, usage, latencyMs }: Completion): Attributes => ({
  'gen_ai.response.model': servedBy,
  'conclave.call.latency_ms': Math.round(latencyMs),
  ...used(usage),
});

const failed = (error: unknown): Attributes =>
  error instanceof ProviderFailure
    ? { 'error.type': error.kind, ...used(error.details.usage) }
    : { 'error.type': 'internal' };

/** Wraps a sending. What it gives and throws stays the same. */
export const createCallSpan =
  (logger: Pick<Logger, 'debug' | 'info' | 'warn'>) =>
  async (input: CallModelInput, send: () => Promise<Completion>): Promise<Completion> => {
    const span = trace.getTracer('conclave').startSpan(`chat ${input.model}`, {
      kind: SpanKind.CLIENT,
      attributes: requested(input),
    });
    const line = { ...idsOf(input), provider: input.provider, model: input.model, feature: input.feature };
    try {
      const completion = await send();
      span.setAttributes(answered(completion));
      // Statistics and stored answers are worth a span, not a line each.
      const write = OWN_PROVIDERS.has(input.provider) ? logger.debug : logger.info;
      write.call(logger, { ...line, ...answered(completion) }, 'model answered');
      return completion;
    } catch (error) {
      span.setAttributes(failed(error)).setStatus({ code: SpanStatusCode.ERROR });
      logger.warn({ ...line, ...failed(error) }, 'model failed');
      throw error;
    } finally {
      span.end();
    }
  };
