type Around = (call: () => Promise<unknown>, method: string, given: readonly unknown[]) => Promise<unknown>;

/** Wraps each method: `around` gets its calls. */
export function eachCall<T extends object>(outside: T, around: Around): T {
  return new Proxy(outside, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) =>
        around(async () => (await Reflect.apply(value, target, given)) as unknown, String(name), given);
    },
  });
}
