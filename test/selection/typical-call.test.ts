// What selection and experiments believe a forecast may cost is what its call holds back.
import { createCallContent } from '../../activities/call-content';
import type { Dependencies } from '../../activities/dependencies';
import { worstCaseCost } from '../../domain/money/estimate';
import { typicalWorstCase } from '../../domain/selection/typical-call';
import type { CallModelInput } from '../../workflows/contracts/calls';
import { aModel, aProposition } from '../integration/db/rows';

const USUAL_PROMPT_TOKENS = 3_000;

const stores = { propositions: { get: async () => aProposition() } };
const task = { type: 'forecast', propositionId: 'p', seriesId: null, briefId: null, recorded: null };

it.each([
  ['thinks before it answers', { providerModel: 'gpt-6-sol', maxOutputTokens: 128_000 }, 8_000],
  ['answers at once', { providerModel: 'gpt-4o-mini', maxOutputTokens: 16_384 }, 4_000],
  ['thinks, and can write little', { providerModel: 'deepseek-r1:8b', maxOutputTokens: 4_096 }, 4_096],
])('a usual call is priced with the room of a forecast by a model that %s', async (_what, changes, room) => {
  const model = aModel(changes);
  const contents = createCallContent({ stores } as unknown as Dependencies);
  const { maxOutputTokens } = await contents.load({ task } as unknown as CallModelInput, model);
  expect(maxOutputTokens).toBe(room);
  expect(typicalWorstCase(model)).toBe(worstCaseCost(USUAL_PROMPT_TOKENS, room, model.price!));
});

it('a usual call of a model without a known price counts as free', () => {
  expect(typicalWorstCase(aModel({ price: null }))).toBe(0);
});
