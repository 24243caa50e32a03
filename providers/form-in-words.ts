// The form of an answer as a sentence of the prompt, for servers that take no schema, pass it over or refuse it.
import { type AnswerSchema, type Completion, type CompletionRequest, ProviderFailure } from './port';

/** How the form is asked for: by its schema, or where a server refuses that, as any JSON and in words. */
export type FormBy = 'schema' | 'words';

/** Added to the rules, the part of a prompt that changes least, so that what is cached stays cached. */
export const formInWords = ({ jsonSchema }: AnswerSchema): string =>
  `Answer with JSON alone, without any other text, of this JSON Schema:\n${JSON.stringify(jsonSchema)}`;

const NAMES_THE_FORM = /response.?format|json.?(schema|object)|structured.?output|guided.?(json|decoding)/i;

/**
 * The failure, marked where its server refused the request for the schema in it, before any model saw it and unbilled.
 * @param replyBody is searched for the field's name and goes no further
 */
export const withFormRefusal = (failure: ProviderFailure, replyBody: string): ProviderFailure => {
  const { kind, message, details } = failure;
  const refused = kind === 'bad_request' && (details.status === 400 || details.status === 422);
  const billed = (details.usage?.input ?? 0) + (details.usage?.output ?? 0) > 0;
  if (!refused || billed || !NAMES_THE_FORM.test(replyBody)) return failure;
  return new ProviderFailure(kind, message, { ...details, refusedForm: true });
};

/**
 * Asks by schema, and in what is left of the deadline once more in words where the server refused the schema. A model
 * for which that helped is asked in words from then on.
 * @param ask sends exactly one request
 */
export const askingByForm = (
  ask: (request: CompletionRequest, by: FormBy) => Promise<Completion>,
): ((request: CompletionRequest) => Promise<Completion>) => {
  const schemaless = new Set<string>();
  const askInWords = async (request: CompletionRequest): Promise<Completion> => {
    const { providerModel } = request.model;
    try {
      const completion = await ask(request, 'words');
      schemaless.add(providerModel);
      return completion;
    } catch (error) {
      // The model has seen it: it was the schema that the server could not take.
      if (error instanceof ProviderFailure && error.kind === 'malformed') schemaless.add(providerModel);
      throw error;
    }
  };
  return async (request) => {
    if (schemaless.has(request.model.providerModel)) return ask(request, 'words');
    const startedAt = performance.now();
    try {
      return await ask(request, 'schema');
    } catch (error) {
      const { limits, schema } = request;
      const deadlineMs = Math.floor(limits.deadlineMs - (performance.now() - startedAt));
      const refused = error instanceof ProviderFailure && error.details.refusedForm === true;
      if (!refused || schema.name === 'text' || deadlineMs <= 0) throw error;
      return askInWords({ ...request, limits: { ...limits, deadlineMs } });
    }
  };
};
