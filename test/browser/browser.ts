// Where no browser is installed, its tests are skipped.
import { hasBrowser } from '../support/chromium';

export const describeWithBrowser = hasBrowser() ? describe : describe.skip;
