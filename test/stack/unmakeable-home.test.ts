// A data folder at a place where nothing can be made ends in an error at once.
import { prepareHome } from '../../stack/home';

test('a data folder below /proc is refused with the field that names it', async () => {
  await expect(prepareHome('/proc/conclave-home')).rejects.toMatchObject({
    code: 'home_unwritable',
    message: expect.stringContaining('/proc/conclave-home'),
    fix: expect.stringContaining('CONCLAVE_HOME'),
  });
}, 10_000);
