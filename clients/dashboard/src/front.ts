// The Pareto front of two metrics.

// Indices of the trials that no other one beats, by x. Of equal ones the first stands;
// NaN stands nowhere. upIsBetter: of y; less is always better of x unless said.
export function frontOf(x: Float64Array, y: Float64Array, xUp: boolean, yUp: boolean): number[] {
  const order: number[] = [];
  for (let i = 0; i < x.length; ++i) {
    if (!Number.isNaN(x[i]) && !Number.isNaN(y[i])) order.push(i);
  }
  const sx = xUp ? -1 : 1;
  const sy = yUp ? -1 : 1;
  order.sort((a, b) => sx * (x[a] - x[b]) || sy * (y[a] - y[b]) || a - b);
  const front: number[] = [];
  let best = Infinity;
  for (const i of order) {
    if (sy * y[i] < best) {
      best = sy * y[i];
      front.push(i);
    }
  }
  return front;
}
