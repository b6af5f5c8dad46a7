/** How much is measured. Times in milliseconds. */

export const WHOLE = {
  near: { concurrencies: [1, 64, 1_000], rounds: 3, warmup: 200, duration: 450 },
  far: { concurrencies: [1, 64, 1_000], rounds: 2, warmup: 300, duration: 900 },
  /** Of what goes to the API and to Redis, on its way there. */
  delay: 50,
  stored: { sizes: [1e3, 1e4, 1e5, 1e6], rounds: 4, warmup: 200, duration: 500 },
  signIns: { concurrencies: [1, 10, 100, 1_000], rounds: 2, warmup: 300, duration: 800 },
  stores: { concurrencies: [1, 64], rounds: 3, warmup: 300, duration: 1_000 },
  /** Of their own, for loading and memory. */
  processes: 15,
}

export const QUICK = {
  near: { concurrencies: [1, 64], rounds: 2, warmup: 150, duration: 300 },
  far: { concurrencies: [1, 64], rounds: 1, warmup: 200, duration: 800 },
  delay: 50,
  stored: { sizes: [1e3, 1e5], rounds: 2, warmup: 150, duration: 400 },
  signIns: { concurrencies: [1, 100], rounds: 1, warmup: 200, duration: 400 },
  stores: { concurrencies: [1, 64], rounds: 1, warmup: 200, duration: 400 },
  processes: 5,
}
