import { randomUUID } from 'node:crypto';
import type { ChargeRequest, PaymentProvider } from '../src/providers/payment-provider';

/** What an adapter's tests must provide to be held to the contract. */
export interface ProviderUnderTest {
  provider: () => PaymentProvider;
  /** Payment methods that lead to these outcomes at once. */
  methods: { succeeds: string; declined: string };
}

/** Rules that the charge and refund services rely on, for every payment provider. */
export function itKeepsTheProviderContract({ provider, methods }: ProviderUnderTest): void {
  const newCharge = (method: string): ChargeRequest => {
    const orderId = randomUUID();
    return {
      key: `${orderId}:1`,
      orderId,
      amountCents: 1_999,
      currency: 'EUR',
      method,
      openedAt: new Date(),
      reference: null,
    };
  };

  describe('a payment provider', () => {
    it('charges, and says the same again to a repeat of the key', async () => {
      const request = newCharge(methods.succeeds);
      const first = await provider().charge(request);
      expect(first).toEqual({ state: 'succeeded', reference: expect.any(String) });
      expect(await provider().charge(request)).toEqual(first);
      expect(await provider().inquire(request)).toEqual(first);
    });

    it('makes one charge of 20 calls at once with one key', async () => {
      const request = newCharge(methods.succeeds);
      const answers = await Promise.all(Array.from({ length: 20 }, () => provider().charge(request)));
      expect(new Set(answers.map((answer) => answer.reference)).size).toBe(1);
    });

    it('says no with a reason, and says it again', async () => {
      const request = newCharge(methods.declined);
      const first = await provider().charge(request);
      expect(first).toEqual({
        state: 'declined',
        reference: expect.any(String),
        failureCode: expect.stringMatching(/^[a-z_]+$/),
      });
      expect(await provider().charge(request)).toEqual(first);
      expect(await provider().inquire(request)).toEqual(first);
    });

    it('does not take a key for another amount or currency', async () => {
      const request = newCharge(methods.succeeds);
      await provider().charge(request);
      await expect(provider().charge({ ...request, amountCents: 1 })).rejects.toThrow();
      await expect(provider().charge({ ...request, currency: 'USD' })).rejects.toThrow();
    });

    it('does not know a key that was never used', async () => {
      expect(await provider().inquire(newCharge(methods.succeeds))).toEqual({ state: 'not_found' });
    });

    it('never charges under a key that was closed', async () => {
      const request = newCharge(methods.succeeds);
      expect(await provider().cancel(request)).toMatchObject({ state: 'cancelled' });
      expect(await provider().charge(request)).toMatchObject({ state: 'cancelled' });
      expect(await provider().inquire(request)).toMatchObject({ state: 'cancelled' });
    });

    it('does not close a key that was charged', async () => {
      const request = newCharge(methods.succeeds);
      const charged = await provider().charge(request);
      expect(await provider().cancel(request)).toEqual(charged);
    });

    it('lets either the charge or the closing win when both come at once', async () => {
      for (let round = 0; round < 10; round += 1) {
        const request = newCharge(methods.succeeds);
        const [charged, closed] = await Promise.all([provider().charge(request), provider().cancel(request)]);
        expect(charged).toEqual(closed);
      }
    });

    it('gives a charge back once, however often it is asked', async () => {
      const charge = newCharge(methods.succeeds);
      await provider().charge(charge);
      const refund = { key: `refund:${charge.key}`, charge };
      const first = await provider().refund(refund);
      expect(first).toEqual({ reference: expect.any(String) });
      expect(await Promise.all([provider().refund(refund), provider().refund(refund)])).toEqual([
        first,
        first,
      ]);
      await expect(provider().refund({ key: `other:${charge.key}`, charge })).rejects.toThrow();
    });

    it('gives nothing back where nothing was charged', async () => {
      const declined = newCharge(methods.declined);
      await provider().charge(declined);
      for (const charge of [declined, newCharge(methods.succeeds)]) {
        await expect(provider().refund({ key: `refund:${charge.key}`, charge })).rejects.toThrow();
      }
    });
  });
}
