/** What many measurements come to. */

/**
 * @param {number[]} sorted ascending
 * @param {number} share from 0 to 1
 */
export function percentile(sorted, share) {
  if (sorted.length === 0) return Number.NaN
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)]
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]
    : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The median of some ratios, with the least and the greatest of them. */
export function spread(ratios) {
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) }
}
