import { readExporterSettings } from './exporter-settings';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

function read(env: Record<string, string>) {
  const warnings: string[] = [];
  const settings = readExporterSettings(env, (message) => warnings.push(message));
  return { settings, warnings };
}

describe('readExporterSettings', () => {
  it.each([
    ['no endpoint', {}],
    ['an empty endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['OTEL_SDK_DISABLED', { ...endpoint, OTEL_SDK_DISABLED: 'True' }],
    ['OTEL_TRACES_EXPORTER=none', { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }],
  ])('switches telemetry off with %s', (_case, env) => {
    expect(read(env)).toEqual({ settings: undefined, warnings: [] });
  });

  it('has short limits by default', () => {
    expect(read(endpoint)).toEqual({
      settings: {
        ...{ protocol: 'http/protobuf', hasServiceName: false, timeoutMs: 3_000, delayMs: 5_000 },
        ...{ maxQueueSize: 2_048, maxExportBatchSize: 512 },
      },
      warnings: [],
    });
  });

  it('takes the endpoint and the protocol of traces alone first', () => {
    const { settings } = read({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    });
    expect(settings?.protocol).toBe('http/json');
  });

  it.each([
    [{ OTEL_SERVICE_NAME: 'shop' }, true],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'a=b,service.name=shop' }, true],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'a.service.name=shop' }, false],
  ])('knows whether the service has a name of its own: %j', (env, hasServiceName) => {
    expect(read({ ...endpoint, ...env }).settings).toMatchObject({ hasServiceName });
  });

  it('never exports a batch that is larger than the queue', () => {
    const { settings } = read({ ...endpoint, OTEL_BSP_MAX_QUEUE_SIZE: '100' });
    expect(settings).toMatchObject({ maxQueueSize: 100, maxExportBatchSize: 100 });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', { protocol: 'http/protobuf' }],
    ['OTEL_TRACES_EXPORTER', 'zipkin', undefined],
    ['OTEL_TRACES_EXPORTER', 'otlp,console', { protocol: 'http/protobuf' }],
  ])('warns of %s=%s, which is not supported', (name, value, expected) => {
    const { settings, warnings } = read({ ...endpoint, [name]: value });
    expect(warnings).toEqual([expect.stringContaining(name)]);
    if (expected) expect(settings).toMatchObject(expected);
    else expect(settings).toBeUndefined();
  });

  it('takes the default for what is not a positive integer', () => {
    for (const value of ['', '0', '-1', '1.5', 'many'])
      expect(read({ ...endpoint, OTEL_BSP_SCHEDULE_DELAY: value }).settings).toMatchObject({
        delayMs: 5_000,
      });
  });
});
