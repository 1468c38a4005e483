import { signedHeaders, simulatedWebhook } from '@shop/testkit/webhooks';
import type { Shop } from './shop';

export function webhookCases(shop: () => Shop): void {
  const receive = (...[request]: [Parameters<Shop['api']['call']>[1]]) =>
    shop().api.call('receiveWebhook', request);

  describe('POST /v1/payments/webhooks/:provider', () => {
    it('accepts a signed webhook and its repeat without a token', async () => {
      const webhook = simulatedWebhook('nothing:1');
      expect((await receive(webhook)).status).toBe(204);
      expect((await receive({ ...webhook, token: 'forged' })).status).toBe(204);
    });

    it('accepts the bytes unchanged, with any Content-Type', async () => {
      // Whitespace and escapes that no parser would write back.
      const body = '{ "id":"sim_\\u0065vt_1",\n"type":"charge.succeeded","created":1,"data":{"note":"ü🎈"} }';
      for (const type of ['text/plain; charset=utf-8', 'application/x-www-form-urlencoded']) {
        const { headers } = simulatedWebhook('', { body });
        expect((await receive({ body, headers: { ...headers, 'content-type': type } })).status).toBe(204);
      }
    });

    it('rejects bytes that are not UTF-8, even if they are signed', async () => {
      const body = Buffer.from(
        '{"id":"sim_evt_1","type":"charge.succeeded","created":1,"data":{"note":"\xff"}}',
        'latin1',
      );
      const answer = await fetch(`${shop().stack.gatewayUrl}/v1/payments/webhooks/simulator`, {
        method: 'POST',
        headers: signedHeaders(body),
        body,
      });
      expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'bad_request' }]);
    });

    it.each([
      ['no signature', { headers: {} }],
      ['a signature with another secret', simulatedWebhook('nothing:1', { secret: 'guessed' })],
      ['a signature of yesterday', simulatedWebhook('nothing:1', { at: new Date(Date.now() - 86_400_000) })],
    ])('rejects %s without the reason', async (_what, forged) => {
      const { status, body } = await receive({ ...simulatedWebhook('nothing:1'), ...forged });
      expect([status, body['code'], body['detail']]).toEqual([
        400,
        'bad_request',
        'The signature of the webhook is missing, invalid or expired, or its body cannot be read.',
      ]);
    });

    it.each(['unheard-of', '__proto__', '..%2Fgraphql', '%00'])(
      'returns 404 for the provider %s',
      async (provider) => {
        const { status, body } = await receive({ ...simulatedWebhook('nothing:1'), provider });
        expect([status, body['code']]).toEqual([404, 'not_found']);
      },
    );
  });
}
