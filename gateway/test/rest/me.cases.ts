import { type Shop, unknownId } from './shop';

interface Sessions {
  data: { id: string; current: boolean }[];
}

export function meCases(shop: () => Shop): void {
  describe('/v1/me', () => {
    it('returns the logged-in user', async () => {
      const { user, access_token: token } = await shop().newCustomer();
      const { status, body } = await shop().api.call('getMe', { token });
      expect([status, body]).toEqual([200, user]);
    });

    it('lists the open sessions and ends one', async () => {
      const { access_token: token, refresh_token } = await shop().newCustomer();
      const { body } = await shop().api.call<Sessions>('listSessions', { token });
      expect(body.data.map(({ current }) => current)).toEqual([true]);
      const { status } = await shop().api.call('endSession', { token, id: String(body.data[0]?.id) });
      expect(status).toBe(204);
      expect((await shop().api.call('refresh', { body: { refresh_token } })).status).toBe(401);
    });

    it.each([unknownId, 'no-uuid'])('returns 404 for the session %s', async (id) => {
      const { access_token: token } = await shop().newCustomer();
      const { status, body } = await shop().api.call('endSession', { token, id });
      expect([status, body['code']]).toEqual([404, 'session_not_found']);
    });

    it('does not end a session of another user', async () => {
      const [victim, other] = await Promise.all([shop().newCustomer(), shop().newCustomer()]);
      const { body } = await shop().api.call<Sessions>('listSessions', { token: victim.access_token });
      const id = String(body.data[0]?.id);
      expect((await shop().api.call('endSession', { token: other.access_token, id })).status).toBe(404);
    });
  });
}
