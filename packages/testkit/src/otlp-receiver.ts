import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface ReceivedSpan {
  service: string;
  resource: Readonly<Record<string, unknown>>;
  name: string;
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  startMs: number;
  endMs: number;
  attributes: Readonly<Record<string, unknown>>;
  links: readonly { traceId: string; spanId: string }[];
  isError: boolean;
}

/** A collector in the test process: receives OTLP over HTTP as JSON. */
export interface OtlpReceiver {
  /** Settings for services, so that they send their spans here soon. */
  readonly env: Record<string, string>;
  /** Of all exports so far. */
  readonly spans: readonly ReceivedSpan[];
  /** The exports as they arrived, for a search of what must not be in them. */
  readonly bodies: readonly string[];
  /** Requests that have arrived, also those that get no response. */
  readonly requests: number;
  close(): Promise<void>;
}

/** @param isHanging accepts exports, and never responds */
export async function startOtlpReceiver({ isHanging = false } = {}): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    void readBody(request).then((body) => {
      if (isHanging) return;
      bodies.push(body);
      spans.push(...readExport(JSON.parse(body) as Export));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: otlpEnvironment(url),
    spans,
    bodies,
    get requests() {
      return requests;
    },
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @param url of a collector */
export function otlpEnvironment(url: string): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
}

interface KeyValue {
  key: string;
  value: { stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean };
}

interface Export {
  resourceSpans: {
    resource: { attributes: KeyValue[] };
    scopeSpans: {
      spans: {
        name: string;
        kind: number;
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        startTimeUnixNano: string;
        endTimeUnixNano: string;
        attributes: KeyValue[];
        links?: { traceId: string; spanId: string }[];
        status?: { code?: number };
      }[];
    }[];
  }[];
}

/** By number, from 1. */
const kinds = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
const errorStatus = 2;

function readExport({ resourceSpans }: Export): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const attributes = readAttributes(resource.attributes);
    const service = String(attributes['service.name']);
    return scopeSpans.flatMap((scope) =>
      scope.spans.map((span): ReceivedSpan => {
        const { name, traceId, spanId, parentSpanId, links = [], status } = span;
        return {
          ...{ service, resource: attributes, name, traceId, spanId },
          parentSpanId: parentSpanId || undefined,
          kind: kinds[span.kind - 1]!,
          startMs: Number(span.startTimeUnixNano) / 1e6,
          endMs: Number(span.endTimeUnixNano) / 1e6,
          attributes: readAttributes(span.attributes),
          links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
          isError: status?.code === errorStatus,
        };
      }),
    );
  });
}

function readAttributes(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const { intValue } = value;
      return [key, intValue === undefined ? Object.values(value)[0] : Number(intValue)];
    }),
  );
}
