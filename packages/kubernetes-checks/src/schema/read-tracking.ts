/** A copy of a value for a validator, which records what the validator reads. */
export interface TrackedValue {
  proxy: object;
  /** JSON pointers of the fields that the validator has not read. */
  unreadFields(): string[];
}

interface Visit {
  target: object;
  path: string;
  read: Set<string>;
}

/**
 * The compiled validators of kubernetes-models accept unknown fields, but they read each field that
 * their schema has, and each value of a map. So a field that was not read is unknown. If nothing of
 * an object was read, its schema allows any content.
 */
export function trackReads(root: object): TrackedValue {
  const visits: Visit[] = [];
  return {
    proxy: track(root, '', visits),
    unreadFields: () =>
      visits.flatMap(({ target, path, read }) =>
        Array.isArray(target) || read.size === 0
          ? []
          : Object.keys(target)
              .filter((key) => !read.has(key))
              .map((key) => `${path}/${escapePointer(key)}`),
      ),
  };
}

function track(target: object, path: string, visits: Visit[]): object {
  const visit: Visit = { target, path, read: new Set() };
  visits.push(visit);
  const children = new Map<string, object>();
  return new Proxy(target, {
    get(_, key) {
      const value = Reflect.get(target, key) as unknown;
      if (typeof key !== 'string') return value;
      visit.read.add(key);
      if (!Object.hasOwn(target, key) || typeof value !== 'object' || value === null) return value;
      const child = children.get(key) ?? track(value, `${path}/${escapePointer(key)}`, visits);
      children.set(key, child);
      return child;
    },
  });
}

const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
