// Solves the few small linear systems of the ensemble's fits.

/**
 * x with matrix x = right, by Gaussian elimination with partial pivoting. The arguments are not changed.
 * @throws RangeError when the matrix is singular.
 */
export const solveLinear = (
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): readonly number[] => {
  const n = right.length;
  const rows = matrix.map((row, index) => [...row, right[index]!]);
  for (let column = 0; column < n; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < n; row += 1) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const top = rows[column]!;
    if (Math.abs(top[column]!) < Number.EPSILON) throw new RangeError('linear system is singular');
    for (let row = column + 1; row < n; row += 1) {
      const factor = rows[row]![column]! / top[column]!;
      for (let k = column; k <= n; k += 1) rows[row]![k]! -= factor * top[k]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let row = n - 1; row >= 0; row -= 1) {
    const known = x.reduce((total, value, k) => (k > row ? total + rows[row]![k]! * value : total), 0);
    x[row] = (rows[row]![n]! - known) / rows[row]![row]!;
  }
  return x;
};
