// A model that is named twice would be asked and paid twice.
import { modelNames } from '../../client/fields';

it('each model is named once', () => {
  expect(modelNames.safeParse(['a', 'b']).success).toBe(true);
  expect(modelNames.safeParse(['a', 'b', 'a']).error?.issues[0]?.message).toBe(
    'a model comes twice; accepted: each model once',
  );
});
