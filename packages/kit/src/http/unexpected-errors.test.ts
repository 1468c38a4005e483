import { createLogger } from '../logger';
import { createHttpServer } from './http-server';
import { maskUnexpectedErrors } from './unexpected-errors';

const limits = {
  HTTP_HEADERS_TIMEOUT_MS: 10_000,
  HTTP_REQUEST_TIMEOUT_MS: 10_000,
  HTTP_MAX_CONNECTIONS: 10,
};

function serverThatFails() {
  const logger = createLogger({ service: 'test' });
  logger.silent = true;
  const logged = jest.spyOn(logger, 'error');
  const app = createHttpServer({ limits });
  maskUnexpectedErrors(app, logger);
  app.post('/events', () => Promise.reject(new Error('relation "inbox" does not exist')));
  app.get('/sessions', () => {
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
  });
  return { app, logged };
}

describe('An error of a route', () => {
  it('that is unexpected is logged and masked', async () => {
    const { app, logged } = serverThatFails();
    const response = await app.inject({ method: 'POST', url: '/events', payload: {} });
    expect(response.statusCode).toBe(500);
    expect(response.json()).toEqual({
      errors: [{ message: 'Internal error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    expect(logged).toHaveBeenCalledTimes(1);
  });

  it('that says that the database is unavailable is 503 without an address', async () => {
    const { app, logged } = serverThatFails();
    const response = await app.inject({ method: 'GET', url: '/sessions' });
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
    expect(response.json()).toEqual({
      errors: [
        {
          message: 'The database is unavailable: repeat the request after the time given.',
          extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 1 },
        },
      ],
    });
    expect(logged).not.toHaveBeenCalled();
  });

  it('about the request has its message, and is not logged', async () => {
    const { app, logged } = serverThatFails();
    const headers = { 'content-type': 'application/json' };
    const response = await app.inject({ method: 'POST', url: '/events', headers, payload: '{' });
    expect(response.statusCode).toBe(400);
    expect(logged).not.toHaveBeenCalled();
  });
});
