import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { rest, type HttpResponse } from '@shop/testkit/http';

interface Operation {
  operationId: string;
  security?: object[];
  requestBody?: { required: boolean };
  responses: Record<string, { headers?: Record<string, object>; content?: Record<string, object> }>;
}

/** One operation of the OpenAPI document. */
export interface DocumentedOperation {
  id: string;
  method: string;
  path: string;
  needsToken: boolean;
  takesBody: boolean;
  statuses: readonly number[];
}

export interface Call {
  /** Default: the shop's. */
  gatewayUrl?: string;
  id?: string;
  /** Of a webhook; default simulator. */
  provider?: string;
  query?: string;
  token?: string | undefined;
  /** Text is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
}

export interface DocumentedApi {
  operations: readonly DocumentedOperation[];
  /** Sends a request and checks the answer against the document. */
  call<Body = Record<string, unknown>>(operationId: string, call?: Call): Promise<HttpResponse<Body>>;
  /** Responses that the document promises and no call has met, as `operationId status`. */
  unseen(): string[];
}

/** The REST facade as its own /openapi.json describes it; every answer is held against that. */
export async function documentedApi(gatewayUrl: string): Promise<DocumentedApi> {
  const { body: document } = await rest(gatewayUrl)<{ paths: Record<string, Record<string, Operation>> }>(
    'GET',
    '/openapi.json',
  );
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'openapi');

  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const byId = new Map(entries.map((entry) => [entry.operation.operationId, entry]));
  const expected = entries.flatMap(({ operation: { operationId, responses } }) =>
    Object.keys(responses).map((status) => `${operationId} ${status}`),
  );
  const seen = new Set<string>();

  function validatorOf(pointer: string[]): ValidateFunction {
    const path = pointer
      .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent);
    return ajv.compile({ $ref: `openapi#/${path.join('/')}` });
  }

  function check(operationId: string, answer: HttpResponse<unknown>): void {
    const { path, method, operation } = byId.get(operationId) ?? missing(operationId);
    const status = String(answer.status);
    const response = operation.responses[status];
    if (!response)
      throw new Error(`${operationId} answered ${status}, undocumented: ${JSON.stringify(answer.body)}`);
    expect(answer.headers.get('x-request-id')).toMatch(/./);
    const [type] = Object.keys(response.content ?? {});
    if (!type) {
      expect(answer.body).toBe('');
    } else {
      expect(answer.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
      const validate = validatorOf(['paths', path, method, 'responses', status, 'content', type, 'schema']);
      expect({ operationId, status, errors: validate(answer.body) ? [] : validate.errors }).toMatchObject({
        errors: [],
      });
    }
    if (answer.status >= 400) checkProblem(answer);
    seen.add(`${operationId} ${status}`);
  }

  return {
    operations: entries.map(({ path, method, operation }) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      needsToken: operation.security !== undefined,
      takesBody: operation.requestBody !== undefined,
      statuses: Object.keys(operation.responses).map(Number),
    })),
    async call<Body>(
      operationId: string,
      { id = '', provider = 'simulator', query = '', gatewayUrl: url = gatewayUrl, ...request }: Call = {},
    ) {
      const { path, method } = byId.get(operationId) ?? missing(operationId);
      const address = `${path.replace('{id}', id).replace('{provider}', provider)}${query ? `?${query}` : ''}`;
      const { token, ...options } = request;
      const answer = await rest(url)<Body>(method.toUpperCase(), address, {
        ...options,
        ...(token ? { token } : {}),
      });
      check(operationId, answer);
      return answer;
    },
    unseen: () => expected.filter((response) => !seen.has(response)),
  };
}

/** What every problem keeps, whatever its code (RFC 9457, RFC 9110). */
function checkProblem({ status, headers, body }: HttpResponse<unknown>): void {
  expect(body).toMatchObject({ status, request_id: headers.get('x-request-id') });
  expect(headers.has('www-authenticate')).toBe(status === 401);
  if (status === 429 || status === 503) expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}

function missing(operationId: string): never {
  throw new Error(`The document has no operation ${operationId}.`);
}
