/** An object with some of what it has done otherwise; all else is its own. */
export function overriding<T extends object>(object: T, own: Partial<T>): T {
  return new Proxy(object, {
    get: (target, key) => {
      if (Object.hasOwn(own, key)) return Reflect.get(own, key);
      const value: unknown = Reflect.get(target, key, target);
      // Its private fields are known to itself only.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
