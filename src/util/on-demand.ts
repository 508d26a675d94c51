/**
 * Makes objects with a property that is computed when it is read, each time. A getter in an object literal is another
 * function for each object, which makes V8 keep all of them but the first as dictionaries: whoever reads any of their
 * properties pays for it. Here all objects share one getter.
 */
export function onDemand<Key extends string, Value>(
  key: Key,
): <Kind extends object>(object: Kind, compute: () => Value) => Kind & Readonly<Record<Key, Value>> {
  // On the object itself, where copies and proxies of it find it too.
  const source = Symbol(key);
  const shared: PropertyDescriptor & ThisType<Record<symbol, () => Value>> = {
    enumerable: true,
    get() {
      return this[source]?.();
    },
  };
  return <Kind extends object>(object: Kind, compute: () => Value) => {
    Object.defineProperty(object, source, { value: compute });
    return Object.defineProperty(object, key, shared) as Kind & Readonly<Record<Key, Value>>;
  };
}
