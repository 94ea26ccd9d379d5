/**
 * arena.ts — zeroed Int32Arrays for the passes over one function, cut from one buffer.
 *
 * Invariant: what it gave is void after `reset`. A program has thousands of small functions and each
 * pass wants several arrays; as arrays of their own they are a third of the time of this phase, spent
 * in the garbage collector.
 */
export class Arena {
  #words = new Int32Array(1 << 14);
  #used = 0;

  /** `count` zeros. */
  ints(count: number): Int32Array {
    const start = this.#used;
    const end = start + count;
    if (end > this.#words.length) {
      // Views of the old buffer stay valid: it lives as long as they do.
      this.#words = new Int32Array(Math.max(this.#words.length * 2, count * 2));
      this.#used = count;
      return this.#words.subarray(0, count);
    }
    this.#used = end;
    const view = this.#words.subarray(start, end);
    view.fill(0);
    return view;
  }

  reset(): void {
    this.#used = 0;
  }
}
