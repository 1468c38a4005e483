import { requireService } from './require-service';
import type { SubgraphContext } from './subgraph-context';

const calledBy = (caller: string) => ({ caller }) as SubgraphContext;

describe('requireService', () => {
  it('lets the callers pass that it names', () => {
    expect(() => requireService(calledBy('order'), ['order', 'payment'])).not.toThrow();
  });

  it('forbids everybody else, the gateway with whatever person behind it', () => {
    expect(() => requireService(calledBy('gateway'), ['order'])).toThrow(
      expect.objectContaining({ code: 'forbidden' }) as Error,
    );
  });
});
