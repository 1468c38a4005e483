import { requireService, type SubgraphContext } from './authentication';

const calledBy = (caller: string) => ({ caller }) as SubgraphContext;

describe('requireService', () => {
  it('accepts the listed callers', () => {
    expect(() => requireService(calledBy('order'), ['order', 'payment'])).not.toThrow();
  });

  it('rejects any other caller, including the gateway with any user', () => {
    expect(() => requireService(calledBy('gateway'), ['order'])).toThrow(
      expect.objectContaining({ code: 'forbidden' }) as Error,
    );
  });
});
