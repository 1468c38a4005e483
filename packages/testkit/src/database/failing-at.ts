interface Runner {
  query(...statement: never[]): Promise<unknown>;
}

/** A proxy of `runner` that rejects the statement with this number, from 0. */
export function failingAt<T extends Runner>(runner: T, failure: number): T {
  let sent = 0;
  return new Proxy(runner, {
    get(target, property) {
      if (property !== 'query') {
        const value: unknown = Reflect.get(target, property);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      }
      return (...statement: Parameters<T['query']>) => {
        sent += 1;
        return sent === failure + 1
          ? Promise.reject(new Error('planned failure'))
          : target.query(...statement);
      };
    },
  });
}
