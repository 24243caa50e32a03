// What a command says that meets a stack which was started with other settings.
import { goesOnWithItsOwn } from '../../stack/stack';

test('the providers that differ are named, with the way out', () => {
  expect(goesOnWithItsOwn(['openai', 'xai'], ['xai'])).toContain(
    'as it was started, without openai; "conclave down"',
  );
  expect(goesOnWithItsOwn(['openai'], ['xai'])).toContain('without openai and with xai;');
  expect(goesOnWithItsOwn([], ['xai'])).toContain('as it was started, with xai;');
});

test('without such a difference, or from an older stack, it says that something else differs', () => {
  expect(goesOnWithItsOwn(['xai'], ['xai'])).toContain('with other settings or another build;');
  expect(goesOnWithItsOwn(['xai'])).toContain('with other settings or another build;');
});
