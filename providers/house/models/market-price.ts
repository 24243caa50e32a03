// For prediction markets the price itself is the forecast to beat, so it is a member like any other.
import { abstainOf, forecastOf, type HouseModel } from '../house-model';

/**
 * House statistics, not a language model. P(yes) is the market's price as of the instant.
 * Source: Wolfers and Zitzewitz, "Prediction markets", J. Economic Perspectives 18 (2004).
 */
export const marketPrice: HouseModel = {
  id: 'house-market-price',
  displayName: 'House: market price (statistics)',
  method: 'The price of yes on the prediction market.',
  source: 'Wolfers, Zitzewitz (2004)',
  reads: 'market_price',
  forecast: ({ marketPrice: price }) =>
    price === null
      ? abstainOf('no market price is known as of the instant')
      : forecastOf(price, [`the market's price of yes is ${price.toFixed(3)}`]),
};
