// Where and when a command decides: --as-of, --prices and --world, read by the rule that the API and agents have.
import { checkSymbols, readPriceFile } from '../client/inputs';
import { placeOf } from '../client/work-inputs';
import { wrongUse } from './output';

interface PlaceFlags {
  readonly asOf?: string;
  readonly prices?: string;
  readonly world?: string;
}

/** @throws BadInput or a wrong use, naming the option and the accepted form. */
export const readPlace = async (
  { asOf, prices: path, world }: PlaceFlags,
  subjects: readonly string[],
): Promise<ReturnType<typeof placeOf>> => {
  const prices = await readPriceFile(path);
  if (prices && !asOf)
    throw wrongUse('--prices is given without --as-of', 'Add --as-of with a day of the tape.');
  const place = placeOf({ asOf, world }, subjects, prices);
  if (place.asOf !== null) await checkSymbols(prices, subjects, place.asOf);
  return place;
};
