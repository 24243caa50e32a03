// A prediction-market price pulled to even odds: long shots are overpriced, favourites underpriced less
// than a stale or thin quote is wrong.
import { abstainOf, forecastOf, type HouseModel } from '../house-model';
import { clamp, logit, sigmoid } from '../series-statistics';

/** Slope in log-odds: keeps 85 % of the price's distance from even odds. */
const SLOPE = 0.85;

/**
 * House statistics, not a language model. logit P(yes) = .85 logit(price).
 * Source: Snowberg and Wolfers, "Explaining the favorite-long shot bias", J. Political Economy 118 (2010);
 * shrinkage of a noisy log-odds after Efron and Morris, JASA 70 (1975).
 */
export const marketShrunk: HouseModel = {
  id: 'house-market-shrunk',
  displayName: 'House: market price, shrunk (statistics)',
  method: 'The price of yes pulled 15 % of the way to even odds, in log-odds.',
  source: 'Snowberg, Wolfers (2010); Efron, Morris (1975)',
  reads: 'market_price',
  forecast: ({ marketPrice: price }) =>
    price === null
      ? abstainOf('no market price is known as of the instant')
      : forecastOf(sigmoid(SLOPE * logit(clamp(price, 0.005, 0.995))), [
          `the market's price of yes is ${price.toFixed(3)}, pulled to even odds`,
        ]),
};
