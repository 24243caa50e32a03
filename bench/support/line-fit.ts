// A straight line through measured points: how fast something grows.

export interface Point {
  readonly x: number;
  readonly y: number;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Slope by least squares, in units of y per unit of x; 0 for fewer than two different x. */
export const slopeOf = (points: readonly Point[]): number => {
  if (points.length < 2) return 0;
  const x = meanOf(points.map((point) => point.x));
  const y = meanOf(points.map((point) => point.y));
  const width = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  return width === 0 ? 0 : points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / width;
};
